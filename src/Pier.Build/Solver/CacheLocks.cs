namespace Pier.Build.Solver;

/// <summary>Who uses which cache mount: several at once (shared), one after the other (locked), or each one of its own (private).</summary>
sealed class CacheLocks
{
    readonly Lock _gate = new();
    readonly Dictionary<string, SemaphoreSlim> _locked = [];
    readonly HashSet<string> _private = [];

    /// <summary>Waits until nobody else has a locked cache.</summary>
    public async Task<IDisposable> LockAsync(string id, CancellationToken ct)
    {
        SemaphoreSlim turn;
        lock (_gate)
        {
            if (!_locked.TryGetValue(id, out turn!))
                _locked[id] = turn = new SemaphoreSlim(1, 1);
        }
        await turn.WaitAsync(ct).ConfigureAwait(false);
        return new Release(() => turn.Release());
    }

    /// <summary>The first name (the id, id-1, id-2, ...) that nobody uses now.</summary>
    public IDisposable Take(string id, out string taken)
    {
        lock (_gate)
        {
            taken = id;
            for (var number = 1; !_private.Add(taken); number++)
                taken = $"{id}-{number}";
            var mine = taken;
            return new Release(() =>
            {
                lock (_gate)
                    _private.Remove(mine);
            });
        }
    }

    sealed class Release(Action release) : IDisposable
    {
        Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
