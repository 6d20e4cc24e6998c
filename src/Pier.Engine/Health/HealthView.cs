namespace Pier.Engine.Health;

/// <summary>What a health check says of its container.</summary>
public enum HealthStatus
{
    Starting,
    Healthy,
    Unhealthy,
}

/// <summary>One probe: the exit code, 0 for healthy and -1 for one that could not run or did not end in time.</summary>
public sealed record HealthResult(DateTimeOffset Start, DateTimeOffset End, int ExitCode, string Output);

/// <summary>A container's health at one moment; the log holds the last results, oldest first.</summary>
public sealed record HealthView(HealthStatus Status, int FailingStreak, IReadOnlyList<HealthResult> Log);
