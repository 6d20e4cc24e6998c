using Pier.Engine.Logs.Drivers;
using Pier.Model;

namespace Pier.Engine.Logs.Shipping;

/// <summary>The fluentd driver's options. Delivery never holds a container up, so fluentd-async is what always happens.</summary>
sealed record FluentdOptions(LogAddress Address, bool SubSecond, bool Acknowledged, LogRetry Retry)
{
    const int DefaultPort = 24224;

    public static FluentdOptions Read(IReadOnlyDictionary<string, string> options)
    {
        LogOption.Flag(options, "fluentd-async");
        if (options.TryGetValue("fluentd-buffer-limit", out var limit))
            ByteSizes.Binary(limit);
        LogOption.Duration(options, "fluentd-write-timeout", TimeSpan.Zero);
        var wait = LogOption.Duration(options, "fluentd-async-reconnect-interval", TimeSpan.FromSeconds(1));
        if (
            options.ContainsKey("fluentd-async-reconnect-interval")
            && (wait < TimeSpan.FromMilliseconds(100) || wait > TimeSpan.FromSeconds(10))
        )
            throw new InvalidParameterException(
                $"invalid value for fluentd-async-reconnect-interval: value ({options["fluentd-async-reconnect-interval"]}) must be between 100ms and 10s"
            );
        var attempts = options.ContainsKey("fluentd-max-retries") ? LogOption.Number(options, "fluentd-max-retries", 0) + 1 : (int?)null;
        var first = LogOption.Duration(options, "fluentd-retry-wait", TimeSpan.FromSeconds(1));
        return new FluentdOptions(
            ReadAddress(options.GetValueOrDefault("fluentd-address", "")),
            LogOption.Flag(options, "fluentd-sub-second-precision"),
            LogOption.Flag(options, "fluentd-request-ack"),
            new LogRetry(first, options.ContainsKey("fluentd-async-reconnect-interval") ? wait : TimeSpan.FromSeconds(5), attempts)
        );
    }

    static LogAddress ReadAddress(string text)
    {
        if (text.Length == 0)
            return new LogAddress("tcp", "127.0.0.1", DefaultPort, "");
        var address =
            LogAddress.Parse(text.Contains("://", StringComparison.Ordinal) ? text : "tcp://" + text, DefaultPort)
            ?? throw new InvalidParameterException($"invalid fluentd-address ({text})");
        if (address.Protocol is not ("tcp" or "tls" or "unix"))
            throw new InvalidParameterException($"invalid fluentd-address ({text}): unsupported scheme: '{address.Protocol}'");
        if (address.IsPath != (address.Protocol == "unix"))
            throw new InvalidParameterException(
                $"invalid fluentd-address ({text}): {(address.IsPath ? "should not contain a path element" : "path is empty")}"
            );
        return address;
    }
}
