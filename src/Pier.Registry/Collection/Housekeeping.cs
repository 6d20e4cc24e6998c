using Pier.Model;

namespace Pier.Registry.Collection;

/// <summary>What a registry does by itself while it serves: collect garbage, give up old uploads, forget old touches.</summary>
sealed class Housekeeping(RegistryHouse house) : IAsyncDisposable
{
    static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    readonly CancellationTokenSource _stop = new();
    Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync(_stop.Token);

    public async Task<CollectionResult> CollectAsync(CancellationToken ct)
    {
        var result = await house.Collector.CollectAsync(ct);
        house.Metrics.Collected(result.Blobs, result.Bytes);
        house.Options.Log?.Invoke(
            $"garbage collection: {result.Blobs} blobs ({result.Bytes} bytes), {result.Links} links, {result.Manifests} manifests removed"
        );
        return result;
    }

    async Task RunAsync(CancellationToken ct)
    {
        // What a client was told before a restart stays true: never sooner than the grace period.
        var every = house.Options.CollectEvery;
        var wait = every > house.Options.CollectGrace ? every : house.Options.CollectGrace;
        var last = Environment.TickCount64;
        try
        {
            while (true)
            {
                await Task.Delay(Round, ct);
                house.Guard.Forget(house.Options.CollectGrace);
                if (every <= TimeSpan.Zero || Environment.TickCount64 - last < wait.TotalMilliseconds)
                    continue;
                (last, wait) = (Environment.TickCount64, every);
                await TryRoundAsync(ct);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    async Task TryRoundAsync(CancellationToken ct)
    {
        try
        {
            await house.Spool.PurgeAsync(house.Options.UploadLifetime, ct);
            if (!house.Options.ReadOnly)
                await CollectAsync(ct);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            // Nothing is deleted on doubt; the next round tries again.
            house.Options.Log?.Invoke($"garbage collection: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}
