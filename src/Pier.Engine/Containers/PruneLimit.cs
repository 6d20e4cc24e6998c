using System.Globalization;
using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>The time of an "until" filter: a Unix time, RFC 3339, or a Go duration back from now ("24h", "1h30m").</summary>
static class PruneLimit
{
    public static DateTimeOffset Parse(string text, TimeProvider time)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        if (Duration(text) is { } ago) return time.GetUtcNow() - ago;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
        throw new InvalidParameterException($"failed to parse value as time or duration: \"{text}\"");
    }

    static TimeSpan? Duration(string text)
    {
        var total = TimeSpan.Zero;
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
            if (end == at || end == text.Length || !double.TryParse(text.AsSpan(at, end - at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
            (int Length, TimeSpan Span) unit = text[end..] switch
            {
                ['m', 's', ..] => (2, TimeSpan.FromMilliseconds(value)),
                ['h', ..] => (1, TimeSpan.FromHours(value)),
                ['m', ..] => (1, TimeSpan.FromMinutes(value)),
                ['s', ..] => (1, TimeSpan.FromSeconds(value)),
                _ => (0, TimeSpan.Zero),
            };
            if (unit.Length == 0) return null;
            total += unit.Span;
            at = end + unit.Length;
        }
        return text.Length == 0 ? null : total;
    }
}
