using Pier.Contracts;
using Pier.Engine.Health;

namespace Pier.Api.Containers;

/// <summary>A container's health as the API's clients see it.</summary>
static class HealthShapes
{
    public static ContainerHealth? Of(HealthView? health) =>
        health is null
            ? null
            : new ContainerHealth(
                Word(health.Status),
                health.FailingStreak,
                [
                    .. health.Log.Select(r => new HealthcheckResult(
                        Timestamps.Format(r.Start),
                        Timestamps.Format(r.End),
                        r.ExitCode,
                        r.Output
                    )),
                ]
            );

    /// <summary>What stands after "Up 3 minutes".</summary>
    public static string Suffix(HealthView? health) =>
        health?.Status switch
        {
            null => "",
            HealthStatus.Starting => " (health: starting)",
            { } known => $" ({Word(known)})",
        };

    static string Word(HealthStatus status) => status.ToString().ToLowerInvariant();
}
