namespace Pier.Engine.Health;

/// <summary>
/// A container's health from result to result: one success makes it healthy, as many failures in a row as there are retries unhealthy.
/// During the start period failures do not count until there was a success. Pure; the caller serialises.
/// </summary>
sealed class HealthState(HealthSettings settings, DateTimeOffset startedAt)
{
    const int KeptResults = 5;

    volatile HealthView _view = new(HealthStatus.Starting, 0, []);

    public HealthView View => _view;

    /// <summary>A new run of the container that keeps the log of those before.</summary>
    public HealthState(HealthSettings settings, DateTimeOffset startedAt, HealthView? before)
        : this(settings, startedAt) => _view = new HealthView(HealthStatus.Starting, 0, before?.Log ?? []);

    /// <summary>True when the status changed.</summary>
    public bool Take(HealthResult result)
    {
        var (status, streak, log) = _view;
        var next = status;
        if (result.ExitCode == 0)
        {
            (next, streak) = (HealthStatus.Healthy, 0);
        }
        else if (status != HealthStatus.Starting || result.Start - startedAt >= settings.StartPeriod)
        {
            streak++;
            if (streak >= settings.Retries)
                next = HealthStatus.Unhealthy;
        }
        _view = new HealthView(next, streak, [.. log.TakeLast(KeptResults - 1), result]);
        return next != status;
    }

    /// <summary>Nobody looks after the container any more: Docker calls that unhealthy.</summary>
    public void Unwatched() => _view = _view with { Status = HealthStatus.Unhealthy };

    /// <summary>How long until the next probe: shorter while it starts.</summary>
    public TimeSpan NextDelay(DateTimeOffset now) =>
        _view.Status == HealthStatus.Starting && now - startedAt < settings.StartPeriod ? settings.StartInterval : settings.Interval;
}
