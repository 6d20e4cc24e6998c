using System.Globalization;

namespace Pier.Model.Notation;

/// <summary>
/// Go's notation of lengths of time, as Docker's flags, filters, files and texts have it: "1h30m", "1.5s", "300ms", "0"; in nanoseconds.
/// </summary>
public static class GoDuration
{
    static readonly (string Unit, decimal Nanoseconds)[] Units =
    [
        ("ns", 1),
        ("us", 1e3m),
        ("µs", 1e3m),
        ("μs", 1e3m),
        ("ms", 1e6m),
        ("s", 1e9m),
        ("m", 60e9m),
        ("h", 3600e9m),
    ];

    /// <summary>Whether the text is a duration.</summary>
    public static bool TryParse(string text, out long nanoseconds) => Error(text, out nanoseconds) is null;

    /// <summary>The duration as .NET has it, to 100 ns.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var whole = Error(text, out var nanoseconds) is null;
        duration = TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return whole;
    }

    /// <summary>As Go prints it: "1m30s", "1.5s", "300ms", "0s".</summary>
    public static string Text(long nanoseconds)
    {
        if (nanoseconds == 0)
            return "0s";
        var (sign, n) = nanoseconds < 0 ? ("-", -(decimal)nanoseconds) : ("", nanoseconds);
        if (n < 1e9m)
        {
            var (unit, factor) =
                n < 1e3m ? ("ns", 1m)
                : n < 1e6m ? ("µs", 1e3m)
                : ("ms", 1e6m);
            return sign + Number(n / factor) + unit;
        }
        var (hours, minutes, seconds) = ((long)(n / 3600e9m), (long)(n / 60e9m) % 60, n % 60e9m / 1e9m);
        return sign + (hours > 0 ? $"{hours}h" : "") + (hours > 0 || minutes > 0 ? $"{minutes}m" : "") + Number(seconds) + "s";
    }

    /// <summary>As Go prints it.</summary>
    public static string Text(TimeSpan duration) => Text(duration.Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>What is wrong with the text in Go's words, or null where it is a duration.</summary>
    public static string? Error(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var invalid = $"time: invalid duration {GoQuote.Text(text)}";
        var (rest, negative) = text switch
        {
            ['-', .. var r] => (r, true),
            ['+', .. var r] => (r, false),
            _ => (text, false),
        };
        if (rest == "0")
            return null;
        if (rest.Length is 0 or > 40)
            return invalid;
        decimal total = 0;
        while (rest.Length > 0)
        {
            var digits =
                Length(rest, char.IsAsciiDigit) is var whole && whole < rest.Length && rest[whole] == '.'
                    ? whole + 1 + Length(rest[(whole + 1)..], char.IsAsciiDigit)
                    : whole;
            if (!decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return invalid;
            rest = rest[digits..];
            var unit = rest[..Length(rest, c => c != '.' && !char.IsAsciiDigit(c))];
            if (unit.Length == 0)
                return $"time: missing unit in duration {GoQuote.Text(text)}";
            var factor = Units.FirstOrDefault(u => u.Unit == unit).Nanoseconds;
            if (factor == 0)
                return $"time: unknown unit {GoQuote.Text(unit)} in duration {GoQuote.Text(text)}";
            if (number > long.MaxValue / factor || (total += number * factor) > long.MaxValue)
                return invalid;
            rest = rest[unit.Length..];
        }
        nanoseconds = (long)(negative ? -total : total);
        return null;
    }

    static string Number(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);

    static int Length(string text, Func<char, bool> belongs) => text.TakeWhile(belongs).Count();
}
