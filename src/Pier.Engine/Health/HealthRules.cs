using Pier.Model;

namespace Pier.Engine.Health;

/// <summary>Checks a health check's configuration, in Docker's words.</summary>
static class HealthRules
{
    const long MinimumNanoseconds = 1_000_000;

    /// <summary>Throws for what cannot be; the answer is a warning, or null.</summary>
    public static string? Check(HealthConfig? health)
    {
        if (health is null)
            return null;
        AtLeast("Interval", health.Interval);
        AtLeast("Timeout", health.Timeout);
        if (health.Retries < 0)
            throw new InvalidParameterException("Retries in Healthcheck cannot be negative");
        AtLeast("StartPeriod", health.StartPeriod);
        AtLeast("StartInterval", health.StartInterval);
        return health.Test is [var type, ..] && type is not ("NONE" or "CMD" or "CMD-SHELL")
            ? $"Unknown healthcheck type '{type}' (expected 'CMD'): the health check does not run"
            : null;
    }

    static void AtLeast(string name, long? nanoseconds)
    {
        if (nanoseconds is { } given and not 0 && given < MinimumNanoseconds)
            throw new InvalidParameterException($"{name} in Healthcheck cannot be less than 1ms");
    }
}
