using System.Globalization;
using Pier.Model;
using Pier.Model.Notation;

namespace Pier.Engine.Containers;

/// <summary>The time of an "until" filter: a Unix time, RFC 3339, or a Go duration back from now ("24h", "1h30m").</summary>
static class PruneLimit
{
    public static DateTimeOffset Parse(string text, TimeProvider time)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        if (GoDuration.TryParse(text, out TimeSpan ago))
            return time.GetUtcNow() - ago;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return at;
        throw new InvalidParameterException($"failed to parse value as time or duration: \"{text}\"");
    }
}
