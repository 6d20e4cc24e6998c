using System.Globalization;
using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>
/// Signals by name and number (man 7 signal), as `kill --signal` and STOPSIGNAL take them: "KILL", "SIGKILL", "9", "RTMIN+3".
/// </summary>
static class Signals
{
    public const int Kill = 9,
        Terminate = 15;

    // RTMIN as the C library shows it: the first two real-time signals are its own.
    const int RealTimeMinimum = 34,
        RealTimeMaximum = 64;

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

    /// <summary>The signal's number; throws Docker's error for what is none.</summary>
    public static int Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number is > 0 and <= RealTimeMaximum ? number : throw Invalid(text);
        var name = text.ToUpperInvariant();
        if (name.StartsWith("SIG", StringComparison.Ordinal))
            name = name[3..];
        var index = name.Length == 0 ? -1 : Array.IndexOf(Names, name);
        if (index > 0)
            return index;
        return name switch
        {
            "CLD" => 17,
            "POLL" => 29,
            "IOT" => 6,
            "RTMIN" => RealTimeMinimum,
            "RTMAX" => RealTimeMaximum,
            _ when name.StartsWith("RTMIN+", StringComparison.Ordinal)
                    && Offset(name[6..]) is { } up
                    && RealTimeMinimum + up <= RealTimeMaximum => RealTimeMinimum + up,
            _ when name.StartsWith("RTMAX-", StringComparison.Ordinal)
                    && Offset(name[6..]) is { } down
                    && RealTimeMaximum - down >= RealTimeMinimum => RealTimeMaximum - down,
            _ => throw Invalid(text),
        };
    }

    static int? Offset(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    static InvalidParameterException Invalid(string text) => new($"Invalid signal: {text}");
}
