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

    static string Number(double value) => value.ToString("0.#######", CultureInfo.InvariantCulture);
}
