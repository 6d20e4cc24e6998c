namespace Pier.Registry.Content;

/// <summary>One entrant a key at a time; keys that nobody uses cost nothing.</summary>
sealed class KeyedGate
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Gate> _gates = [];

    /// <summary>Waits for the key; dispose the answer to leave.</summary>
    public async ValueTask<IDisposable> EnterAsync(string key, CancellationToken ct)
    {
        Gate gate;
        lock (_lock)
        {
            if (!_gates.TryGetValue(key, out gate!))
                _gates[key] = gate = new Gate();
            gate.Users++;
        }
        try
        {
            await gate.Semaphore.WaitAsync(ct);
        }
        catch
        {
            Leave(key, gate);
            throw;
        }
        return new Entry(this, key, gate);
    }

    void Leave(string key, Gate gate)
    {
        lock (_lock)
        {
            if (--gate.Users == 0)
                _gates.Remove(key);
        }
    }

    sealed class Gate
    {
        public SemaphoreSlim Semaphore { get; } = new(1);
        public int Users { get; set; }
    }

    sealed class Entry(KeyedGate owner, string key, Gate gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Semaphore.Release();
            owner.Leave(key, gate);
        }
    }
}
