using System.Globalization;

namespace Pier.Contracts;

/// <summary>Times on the wire: RFC 3339 in UTC with nanoseconds and no trailing zeros, and Go's zero time for "never".</summary>
public static class Timestamps
{
    /// <summary>Go's zero time.</summary>
    public const string Zero = "0001-01-01T00:00:00Z";

    const long TicksAtEpoch = 621_355_968_000_000_000;

    public static string Format(DateTimeOffset? time)
    {
        if (time is not { } moment || moment.UtcTicks == 0)
            return Zero;
        return moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>Nanoseconds of the Unix epoch as RFC 3339 with all nine digits, as log lines carry them.</summary>
    public static string FormatNanoseconds(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000L);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}.{rest:000000000}Z"
        );
    }

    public static long ToNanoseconds(DateTimeOffset time) => (time.UtcTicks - TicksAtEpoch) * 100;

    /// <summary>Parses "seconds" or "seconds.nanoseconds" of the Unix epoch, or RFC 3339; the answer is in nanoseconds.</summary>
    public static bool TryParse(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var point = text.IndexOf('.');
        var whole = point < 0 ? text.AsSpan() : text.AsSpan(0, point);
        if (long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            // Go's time package counts in 64 bits of nanoseconds as well: further values saturate.
            if (seconds is > 9_000_000_000 or < -9_000_000_000)
            {
                nanoseconds = seconds > 0 ? long.MaxValue : long.MinValue;
                return true;
            }
            long fraction = 0;
            if (point >= 0 && !TryParseFraction(text.AsSpan(point + 1), out fraction))
                return false;
            nanoseconds = seconds * 1_000_000_000 + (text[0] == '-' ? -fraction : fraction);
            return true;
        }
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return false;
        nanoseconds = ToNanoseconds(time);
        return true;
    }

    static bool TryParseFraction(ReadOnlySpan<char> digits, out long nanoseconds)
    {
        nanoseconds = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            return false;
        for (var i = 0; i < 9; i++)
            nanoseconds = nanoseconds * 10 + (i < digits.Length ? digits[i] - '0' : 0);
        return true;
    }
}
