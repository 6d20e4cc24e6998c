using System.Globalization;
using Pier.Model.Notation;

namespace Pier.Cli.CommandLines;

/// <summary>--since and --until: a time, seconds of the Unix epoch, or how long ago.</summary>
static class Moments
{
    /// <summary>As the API takes it: "seconds.nanoseconds"; null stays null.</summary>
    public static string? Of(string? text, Invocation call)
    {
        if (text is null)
            return null;
        if (GoDuration.TryParse(text, out long ago))
            return Format((call.Environment.Now().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100 - ago);
        return Contracts.Timestamps.TryParse(text, out var nanoseconds)
            ? Format(nanoseconds)
            : throw new CliFailure($"invalid value for \"since\": failed to parse value as time or duration: \"{text}\"");
    }

    static string Format(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000L);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds}.{Math.Abs(rest):000000000}");
    }
}
