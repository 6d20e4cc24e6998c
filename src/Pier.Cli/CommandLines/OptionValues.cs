using System.Globalization;
using Pier.Model.Notation;

namespace Pier.Cli.CommandLines;

/// <summary>Checks option values by type while parsing, with the messages that Docker's users know.</summary>
static class OptionValues
{
    /// <summary>The value in the form that commands read (flags as "true" or "false", sizes in bytes, durations in nanoseconds).</summary>
    public static string Check(OptionSpec spec, string value) =>
        spec.Type switch
        {
            "" => Flag(spec, value),
            "int" => Integer(spec, value),
            "uint16" => ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? value
                : throw Invalid(spec, value, $"strconv.ParseUint: parsing \"{value}\": invalid syntax"),
            "bytes" => Bytes(spec, value),
            "decimal" => Decimal(spec, value),
            "duration" => Duration(spec, value),
            "filter" => value.Length == 0 || value.Contains('=')
                ? value
                : throw Invalid(spec, value, "bad format of filter (expected name=value)"),
            _ => value,
        };

    /// <summary>"512m" in bytes (powers of 1024), or -1.</summary>
    public static bool TryParseBytes(string value, out long bytes)
    {
        bytes = -1;
        if (value == "-1")
            return true;
        var end = value.AsSpan().IndexOfAnyExcept("0123456789.");
        var digits = end < 0 ? value.AsSpan() : value.AsSpan(0, end);
        var suffix = end < 0 ? "" : value[end..].Trim().ToLowerInvariant();
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var power = suffix switch
        {
            "" or "b" => 0,
            "k" or "kb" or "kib" => 1,
            "m" or "mb" or "mib" => 2,
            "g" or "gb" or "gib" => 3,
            "t" or "tb" or "tib" => 4,
            "p" or "pb" or "pib" => 5,
            _ => -1,
        };
        if (power < 0)
            return false;
        bytes = (long)(number * Math.Pow(1024, power));
        return true;
    }

    static string Flag(OptionSpec spec, string value) =>
        GoBool.Parse(value) switch
        {
            true => "true",
            false => "false",
            null => throw Invalid(spec, value, GoBool.Error(value)),
        };

    static string Integer(OptionSpec spec, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? value
            : throw Invalid(spec, value, $"strconv.ParseInt: parsing \"{value}\": invalid syntax");

    static string Bytes(OptionSpec spec, string value) =>
        TryParseBytes(value, out var bytes)
            ? bytes.ToString(CultureInfo.InvariantCulture)
            : throw Invalid(spec, value, $"invalid size: '{value}'");

    /// <summary>A number of CPUs in billionths.</summary>
    static string Decimal(OptionSpec spec, string value)
    {
        if (
            !decimal.TryParse(
                value,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            )
            || Math.Abs(number) > 1_000_000
        )
            throw Invalid(spec, value, $"failed to parse {value} as a rational number");
        var nanos = number * 1_000_000_000m;
        if (nanos != decimal.Truncate(nanos))
            throw Invalid(spec, value, "value is too precise");
        return ((long)nanos).ToString(CultureInfo.InvariantCulture);
    }

    static string Duration(OptionSpec spec, string value) =>
        GoDuration.Error(value, out var nanoseconds) is { } error
            ? throw Invalid(spec, value, error)
            : nanoseconds.ToString(CultureInfo.InvariantCulture);

    static UsageFailure Invalid(OptionSpec spec, string value, string reason) =>
        new($"invalid argument \"{value}\" for \"{spec.Display}\" flag: {reason}");
}
