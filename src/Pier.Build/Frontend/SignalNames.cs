using System.Globalization;

namespace Pier.Build.Frontend;

/// <summary>signal(7): what STOPSIGNAL takes.</summary>
static class SignalNames
{
    static readonly HashSet<string> Names =
    [
        "HUP",
        "INT",
        "QUIT",
        "ILL",
        "TRAP",
        "ABRT",
        "IOT",
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
        "CLD",
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
        "POLL",
        "PWR",
        "SYS",
        "RTMIN",
        "RTMAX",
        .. Enumerable.Range(1, 15).Select(i => $"RTMIN+{i}"),
        .. Enumerable.Range(1, 14).Select(i => $"RTMAX-{i}"),
    ];

    /// <summary>A number from 1 to 64, or a name with or without SIG.</summary>
    public static bool IsSignal(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number is >= 1 and <= 64;
        var name = text.ToUpperInvariant();
        return Names.Contains(name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name);
    }
}
