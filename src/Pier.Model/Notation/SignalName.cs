using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pier.Model.Notation;

/// <summary>
/// Signals by name and number (man 7 signal), as `kill --signal`, STOPSIGNAL and runc take them: "KILL", "SIGKILL", "9", "RTMIN+3".
/// </summary>
public static class SignalName
{
    // RTMIN as the C library shows it: the first two real-time signals are its own.
    const int RealTimeMinimum = 34,
        RealTimeMaximum = 64;

    /// <summary>The names of the signals but for those of real time, by number and without "SIG".</summary>
    public static IEnumerable<string> All => Names.Skip(1);

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

    /// <summary>From 1 to 64; false for what is no signal.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out int number)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return number is > 0 and <= RealTimeMaximum;
        var name = text?.ToUpperInvariant() ?? "";
        if (name.StartsWith("SIG", StringComparison.Ordinal))
            name = name[3..];
        number = name switch
        {
            "" => 0,
            "CLD" => 17,
            "POLL" => 29,
            "IOT" => 6,
            "RTMIN" => RealTimeMinimum,
            "RTMAX" => RealTimeMaximum,
            _ when name.StartsWith("RTMIN+", StringComparison.Ordinal) => RealTimeMinimum + Offset(name[6..], 15),
            _ when name.StartsWith("RTMAX-", StringComparison.Ordinal) => RealTimeMaximum - Offset(name[6..], 14),
            _ => Array.IndexOf(Names, name),
        };
        return number is > 0 and <= RealTimeMaximum;
    }

    // Every real-time signal has one name: up to the middle from below, the rest from above. What is none leads out of the range.
    static int Offset(string text, int greatest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 && value <= greatest
            ? value
            : RealTimeMaximum;
}
