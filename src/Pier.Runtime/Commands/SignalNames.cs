namespace Pier.Runtime.Commands;

/// <summary>Signals by number or name, with or without "SIG" (man 7 signal).</summary>
static class SignalNames
{
    static readonly string[] Names =
    [
        "",
        "HUP",
        "INT",
        "QUIT",
        "ILL",
        "TRAP",
        "ABRT",
        "BUS",
        "FPE",
        "KILL",
        "USR1",
        "SEGV",
        "USR2",
        "PIPE",
        "ALRM",
        "TERM",
        "STKFLT",
        "CHLD",
        "CONT",
        "STOP",
        "TSTP",
        "TTIN",
        "TTOU",
        "URG",
        "XCPU",
        "XFSZ",
        "VTALRM",
        "PROF",
        "WINCH",
        "IO",
        "PWR",
        "SYS",
    ];

    public static int Parse(string text)
    {
        if (int.TryParse(text, out var number) && number is > 0 and <= 64)
            return number;
        var name = text.ToUpperInvariant();
        if (name.StartsWith("SIG", StringComparison.Ordinal))
            name = name[3..];
        var at = name.Length == 0 ? -1 : Array.IndexOf(Names, name);
        if (at > 0)
            return at;
        if (name.StartsWith("RTMIN", StringComparison.Ordinal) && (name.Length == 5 || int.TryParse(name[5..], out number)))
            return 34 + (name.Length == 5 ? 0 : number);
        throw new CommandException($"unknown signal \"{text}\"");
    }
}
