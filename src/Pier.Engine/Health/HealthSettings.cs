using Pier.Model;

namespace Pier.Engine.Health;

/// <summary>A health check with Docker's defaults filled in.</summary>
sealed record HealthSettings(IReadOnlyList<string> Command)
{
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan StartPeriod { get; init; } = TimeSpan.Zero;
    public TimeSpan StartInterval { get; init; } = TimeSpan.FromSeconds(5);
    public int Retries { get; init; } = 3;

    /// <summary>Null for a container without a health check.</summary>
    public static HealthSettings? Of(ContainerConfig config)
    {
        if (config.Healthcheck is not { Test: [var type, .. var words] } health)
            return null;
        string[] shell = config.Shell is { Length: > 0 } own ? own : ["/bin/sh", "-c"];
        string[]? command = type switch
        {
            "CMD" => words,
            "CMD-SHELL" => [.. shell, .. words],
            _ => null,
        };
        if (command is null)
            return null;
        var defaults = new HealthSettings(command);
        return defaults with
        {
            Interval = Span(health.Interval, defaults.Interval),
            Timeout = Span(health.Timeout, defaults.Timeout),
            StartPeriod = Span(health.StartPeriod, defaults.StartPeriod),
            StartInterval = Span(health.StartInterval, defaults.StartInterval),
            Retries = health.Retries is > 0 and var retries ? retries : defaults.Retries,
        };
    }

    static TimeSpan Span(long? nanoseconds, TimeSpan missing) =>
        nanoseconds is > 0 and var given ? TimeSpan.FromTicks(given / 100) : missing;
}
