using System.Globalization;
using System.IO.Compression;
using Pier.Engine.Logs.Drivers;
using Pier.Model;

namespace Pier.Engine.Logs.Shipping;

enum GelfCompression
{
    None,
    Gzip,
    Zlib,
}

/// <summary>The gelf driver's options.</summary>
sealed record GelfOptions(LogAddress Address, GelfCompression Compression, CompressionLevel Level, LogRetry Retry)
{
    public bool Datagrams => Address.Protocol == "udp";

    public static GelfOptions Read(IReadOnlyDictionary<string, string> options)
    {
        var address = ReadAddress(options.GetValueOrDefault("gelf-address", ""));
        foreach (var (key, value) in options)
            Check(key, value, address.Protocol);
        var compression = options.GetValueOrDefault("gelf-compression-type", "gzip") switch
        {
            "none" => GelfCompression.None,
            "zlib" => GelfCompression.Zlib,
            _ => GelfCompression.Gzip,
        };
        // Go's levels: -1 the default (6), 0 none, 1 fastest, 9 best.
        var level = LogOption.Number(options, "gelf-compression-level", 1) switch
        {
            0 => CompressionLevel.NoCompression,
            >= 1 and <= 3 => CompressionLevel.Fastest,
            9 => CompressionLevel.SmallestSize,
            _ => CompressionLevel.Optimal,
        };
        var delay = TimeSpan.FromSeconds(LogOption.Number(options, "gelf-tcp-reconnect-delay", 1));
        int? attempts = options.ContainsKey("gelf-tcp-max-reconnect") ? LogOption.Number(options, "gelf-tcp-max-reconnect", 3) + 1 : null;
        return new GelfOptions(
            address,
            compression,
            level,
            address.Protocol == "tcp"
                ? new LogRetry(delay, TimeSpan.FromSeconds(Math.Max(5, delay.TotalSeconds)), attempts)
                : LogRetry.Default
        );
    }

    static LogAddress ReadAddress(string text)
    {
        if (text.Length == 0)
            throw new InvalidParameterException("gelf-address is a required parameter");
        var address =
            LogAddress.Parse(text, 0) ?? throw new InvalidParameterException($"gelf-address should be in form proto://address, got {text}");
        if (address.Protocol is not ("udp" or "tcp"))
            throw new InvalidParameterException("gelf: endpoint needs to be TCP or UDP");
        return address.Port > 0 ? address : throw new InvalidParameterException("gelf: please provide gelf-address as proto://host:port");
    }

    static void Check(string key, string value, string protocol)
    {
        bool Within(int least, int most) =>
            int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most;
        var right = key switch
        {
            "gelf-compression-level" => Within(-1, 9) && protocol == "udp",
            "gelf-compression-type" => value is "gzip" or "zlib" or "none" && protocol == "udp",
            "gelf-tcp-max-reconnect" or "gelf-tcp-reconnect-delay" => Within(0, int.MaxValue) && protocol == "tcp",
            _ => true,
        };
        if (right)
            return;
        if (key.StartsWith("gelf-compression", StringComparison.Ordinal) && protocol != "udp")
            throw new InvalidParameterException("compression is only supported on UDP");
        throw new InvalidParameterException(
            key.StartsWith("gelf-tcp", StringComparison.Ordinal) && protocol != "tcp"
                ? $"\"{key}\" is only valid for TCP"
                : $"unknown value \"{value}\" for log opt \"{key}\" for gelf log driver"
        );
    }
}
