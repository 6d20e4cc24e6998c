using System.Globalization;

namespace Pier.Engine.Health;

/// <summary>Durations as Go prints them: "1m30s", "1.5s", "200ms".</summary>
static class GoDuration
{
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        if (duration < TimeSpan.FromSeconds(1)) return Number(duration.TotalMilliseconds) + "ms";
        var text = Number(duration.TotalSeconds % 60) + "s";
        if (duration < TimeSpan.FromMinutes(1)) return text;
        text = duration.Minutes.ToString(CultureInfo.InvariantCulture) + "m" + text;
        return duration < TimeSpan.FromHours(1) ? text : ((long)duration.TotalHours).ToString(CultureInfo.InvariantCulture) + "h" + text;
    }

    /// <summary>"1m30s", "1.5s", "200ms", "0": what Go's time.ParseDuration takes, without a sign.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is "0") return true;
        if (text.IsEmpty) return false;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return false;
            text = text[digits..];
            var letters = text.IndexOfAny("0123456789.");
            var unit = letters < 0 ? text : text[..letters];
            text = text[unit.Length..];
            var milliseconds = unit switch { "h" => 3_600_000, "m" => 60_000, "s" => 1000, "ms" => 1, "us" or "µs" => 0.001, "ns" => 0.000001, _ => -1 };
            if (milliseconds < 0 || value * milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2) return false;
            duration += TimeSpan.FromMilliseconds(value * milliseconds);
        }
        return true;
    }

    static string Number(double value) => value.ToString("0.#######", CultureInfo.InvariantCulture);
}
