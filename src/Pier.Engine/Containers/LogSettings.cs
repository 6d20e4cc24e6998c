using System.Globalization;
using Pier.Model;
using Pier.Runtime;
using Pier.Store;

namespace Pier.Engine.Containers;

/// <summary>Where a container's output is kept, from its log configuration.</summary>
static class LogSettings
{
    /// <summary>Null for the driver "none". Without max-size a log grows without bound, as Docker's default does.</summary>
    public static LogOptions? For(ContainerRecord record, Layout layout)
    {
        var log = record.HostConfig.LogConfig!;
        if (log.Type == "none") return null;
        var options = log.Config ?? [];
        var size = options.TryGetValue("max-size", out var maxSize) ? ParseSize(maxSize) : 0;
        var files = options.TryGetValue("max-file", out var maxFile)
            ? int.TryParse(maxFile, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
                ? count
                : throw new InvalidParameterException($"max-file cannot be less than 1: {maxFile}")
            : 1;
        return new LogOptions(layout.ContainerLog(record.Id), size, files);
    }

    /// <summary>"10m", "1.5g", "4096": bytes, with binary units as Docker counts them.</summary>
    public static long ParseSize(string text)
    {
        var digits = text.TrimEnd('b', 'B', 'i');
        if (digits.Length == 0) throw Bad(text);
        var unit = char.ToLowerInvariant(digits[^1]);
        var factor = unit switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, 't' => 1L << 40, _ => 1L };
        if (factor > 1) digits = digits[..^1];
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? (long)(value * factor) : throw Bad(text);
    }

    static InvalidParameterException Bad(string text) => new($"invalid size: '{text}'");
}
