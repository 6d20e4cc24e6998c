namespace Pier.Network.Endpoints;

/// <summary>
/// Host ends whose container was released. The kernel deletes them with the namespace, but a process that someone moved into that
/// namespace keeps them alive, with an address that is free for others: what still lives after a while is deleted. Thread-safe.
/// </summary>
sealed class DyingDevices : IDisposable
{
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    readonly Lock _gate = new();
    readonly Action<IReadOnlyCollection<string>> _sweep;
    readonly Timer _timer;
    HashSet<string> _recent = [],
        _due = [];
    bool _running,
        _disposed;

    /// <param name="sweep">Deletes those of the devices that still exist. Must not throw.</param>
    public DyingDevices(Action<IReadOnlyCollection<string>> sweep)
    {
        _sweep = sweep;
        _timer = new Timer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(string device)
    {
        lock (_gate)
        {
            _recent.Add(device);
            if (_running || _disposed)
                return;
            _running = true;
            _timer.Change(Grace, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    void Tick()
    {
        HashSet<string> due;
        lock (_gate)
        {
            if (_disposed)
                return;
            // Two ticks pass before a device is due, so that the youngest has had its time.
            (due, _due, _recent) = (_due, _recent, []);
            _running = _due.Count > 0;
            if (_running)
                _timer.Change(Grace, Timeout.InfiniteTimeSpan);
        }

        if (due.Count > 0)
            _sweep(due);
    }
}
