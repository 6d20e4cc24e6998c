using Pier.Engine.Logs.Shipping;

namespace Pier.Engine.Logs.Drivers;

/// <summary>The table of log drivers.</summary>
static class LogDrivers
{
    static readonly string[] Attributes = ["labels", "labels-regex", "env", "env-regex", "tag"];

    public static IReadOnlyList<LogDriver> All { get; } =
    [
        new(
            "fluentd",
            LogStore.Cache,
            [
                .. Attributes,
                "fluentd-address",
                "fluentd-async",
                "fluentd-async-reconnect-interval",
                "fluentd-buffer-limit",
                "fluentd-max-retries",
                "fluentd-request-ack",
                "fluentd-retry-wait",
                "fluentd-sub-second-precision",
                "fluentd-write-timeout",
            ],
            o => FluentdOptions.Read(o),
            source => new FluentdReceiver(source, FluentdOptions.Read(source.Options))
        ),
        new(
            "gelf",
            LogStore.Cache,
            [
                .. Attributes,
                "gelf-address",
                "gelf-compression-level",
                "gelf-compression-type",
                "gelf-tcp-max-reconnect",
                "gelf-tcp-reconnect-delay",
            ],
            o => GelfOptions.Read(o),
            source => new GelfReceiver(source, GelfOptions.Read(source.Options))
        ),
        new("journald", LogStore.Cache, Attributes, _ => { }, source => new JournaldReceiver(source, JournaldReceiver.Socket)),
        new("json-file", LogStore.JsonFile, [.. Attributes, "max-size", "max-file", "compress"], LogRotation.Check),
        new("local", LogStore.LocalFile, ["max-size", "max-file", "compress"], LogRotation.Check),
        new("none", LogStore.Nowhere, [], _ => { }),
        new(
            "syslog",
            LogStore.Cache,
            [
                .. Attributes,
                "syslog-address",
                "syslog-facility",
                "syslog-format",
                "syslog-tls-ca-cert",
                "syslog-tls-cert",
                "syslog-tls-key",
                "syslog-tls-skip-verify",
            ],
            o => SyslogOptions.Read(o),
            source => new SyslogReceiver(source, SyslogOptions.Read(source.Options))
        ),
    ];

    /// <summary>Names, as `info` lists them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(d => d.Name)];

    public static LogDriver? Find(string name) => All.FirstOrDefault(d => d.Name == name);
}
