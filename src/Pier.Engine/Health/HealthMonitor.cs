using System.Collections.Concurrent;
using Pier.Engine.Containers;
using Pier.Runtime;

namespace Pier.Engine.Health;

/// <summary>Looks after every running container that has a health check: a loop each, from its start to its end.</summary>
sealed class HealthMonitor(EngineParts parts, ProbeRunner probes) : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Watch> _watches = new();

    /// <summary>The container runs. Called with its gate held.</summary>
    public void Begin(Container container)
    {
        End(container);
        if (HealthSettings.Of(container.Record.Config) is not { } settings)
        {
            container.Health = null;
            return;
        }
        var state = new HealthState(settings, container.Record.StartedAt ?? parts.Time.GetUtcNow(), container.Health?.View);
        container.Health = state;
        var stop = new CancellationTokenSource();
        _watches[container.Id] = new Watch(stop, Task.Run(() => WatchAsync(container, settings, state, stop.Token)));
    }

    /// <summary>The container has ended, or is paused: Docker then calls it unhealthy.</summary>
    public void End(Container container)
    {
        if (!_watches.TryRemove(container.Id, out var watch))
            return;
        watch.Stop.Cancel();
        container.Health?.Unwatched();
    }

    public Task<bool> ExitedAsync(ProcessExit exit) => probes.ExitedAsync(exit);

    /// <summary>Kills the probes that run; their containers go on.</summary>
    public async ValueTask DisposeAsync()
    {
        var watches = _watches.Values.ToArray();
        _watches.Clear();
        foreach (var watch in watches)
            watch.Stop.Cancel();
        await Task.WhenAll(watches.Select(w => w.Loop)).ConfigureAwait(false);
    }

    async Task WatchAsync(Container container, HealthSettings settings, HealthState state, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(state.NextDelay(parts.Time.GetUtcNow()), parts.Time, stop).ConfigureAwait(false);
                var result = await probes.RunAsync(container, settings, stop).ConfigureAwait(false);
                if (stop.IsCancellationRequested)
                    return;
                if (state.Take(result))
                    ContainerEvents.Publish(parts.Events, container, $"health_status: {Word(state.View.Status)}");
            }
        }
        catch (OperationCanceledException)
        {
            // The container has ended, or the engine closes.
        }
    }

    /// <summary>The status as events and the API name it.</summary>
    public static string Word(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => "healthy",
            HealthStatus.Unhealthy => "unhealthy",
            _ => "starting",
        };

    sealed record Watch(CancellationTokenSource Stop, Task Loop);
}
