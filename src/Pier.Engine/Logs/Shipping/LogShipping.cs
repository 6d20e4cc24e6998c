using System.Collections.Concurrent;
using Pier.Engine.Containers;
using Pier.Engine.Logs.Drivers;
using Pier.Model;
using Pier.Store;
using Pier.Store.Logs;
using Pier.Store.Records;

namespace Pier.Engine.Logs.Shipping;

/// <summary>
/// The shipments of all containers whose driver sends messages elsewhere, and the compression of rotated files. Nothing here is asked by a
/// container's start or end, so no receiver delays them.
/// </summary>
sealed class LogShipping : IAsyncDisposable
{
    /// <summary>How long a removed container's files are kept for what is not delivered yet.</summary>
    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(30);
    static readonly TimeSpan CompressEvery = TimeSpan.FromSeconds(2);

    readonly Layout _layout;
    readonly RecordStore<LogCursor> _cursors;
    readonly ContainerTable _containers;
    readonly ConcurrentDictionary<string, Running> _running = new();
    readonly Lock _lock = new();
    readonly CancellationTokenSource _closing = new();
    readonly Task _compressing;

    sealed record Running(CancellationTokenSource Stop)
    {
        public Task Task { get; set; } = Task.CompletedTask;
        public Action? Removed { get; set; }
    }

    public LogShipping(Layout layout, RecordStore<LogCursor> cursors, ContainerTable containers)
    {
        (_layout, _cursors, _containers) = (layout, cursors, containers);
        _compressing = CompressAsync();
    }

    /// <summary>A container runs, or was found after the engine's start: what it wrote goes on its way.</summary>
    public void Begin(Container container)
    {
        var driver = LogDrivers.Find(container.Record.HostConfig.LogConfig!.Type);
        if (driver?.Connect is not { } connect || container.Record.StartedAt is null && !container.IsRunning)
            return;
        lock (_lock)
        {
            if (_running.ContainsKey(container.Id) || _closing.IsCancellationRequested)
                return;
            var running = new Running(CancellationTokenSource.CreateLinkedTokenSource(_closing.Token));
            _running[container.Id] = running;
            running.Task = Task.Run(() => ShipAsync(container, connect, running));
        }
    }

    /// <summary>The container is removed: <paramref name="delete"/> removes its files, at once or when the rest was delivered.</summary>
    public void Remove(string id, Action delete)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(id, out var running))
            {
                running.Removed = delete;
                running.Stop.CancelAfter(Farewell);
                return;
            }
        }
        Forget(id, delete);
    }

    async Task ShipAsync(Container container, Func<LogSource, ILogReceiver> connect, Running running)
    {
        try
        {
            do
            {
                var shipment = new LogShipment(
                    LogSettings.PathOf(container.Record, _layout),
                    _cursors.Find(container.Id),
                    LogSource.Of(container.Record),
                    connect,
                    cursor => _cursors.Put(container.Id, cursor, durable: false)
                );
                await shipment.RunAsync(container.RunEnded, running.Stop.Token).ConfigureAwait(false);
            } while (!Ended(container, running));
        }
        catch (Exception e) when (e is OperationCanceledException or EngineException or IOException or UnauthorizedAccessException)
        {
            // Closing, or the files are gone; what is left is delivered by the next engine, or was given up with the container.
            _running.TryRemove(container.Id, out _);
        }
        if (running.Removed is { } delete && !_closing.IsCancellationRequested)
            Forget(container.Id, delete);
        running.Stop.Dispose();
    }

    bool Ended(Container container, Running running)
    {
        lock (_lock)
        {
            // Started again while the last run's end was delivered: the same task goes on.
            if (!container.RunEnded.IsCompleted && running.Removed is null)
                return false;
            _running.TryRemove(container.Id, out _);
            return true;
        }
    }

    void Forget(string id, Action delete)
    {
        try
        {
            delete();
        }
        finally
        {
            _cursors.Delete(id, durable: false);
        }
    }

    async Task CompressAsync()
    {
        using var timer = new PeriodicTimer(CompressEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false))
            {
                foreach (var container in _containers.All)
                {
                    if (container.IsRunning && LogSettings.Compressed(container.Record))
                        Compress(LogSettings.PathOf(container.Record, _layout));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The engine closes.
        }
    }

    static void Compress(string path)
    {
        try
        {
            CompressedLog.Compress(path);
        }
        catch (EngineException)
        {
            // A full disk: the file stays as it is.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _compressing.ConfigureAwait(false);
        await Task.WhenAll(_running.Values.Select(r => r.Task)).ConfigureAwait(false);
        _closing.Dispose();
    }
}
