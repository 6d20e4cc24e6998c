using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>Which blobs are being fetched into a store: one pull at a time fetches a blob, the others wait and find it there.</summary>
public sealed class BlobTransfers
{
    readonly Lock _lock = new();
    readonly Dictionary<Digest, (SemaphoreSlim Gate, int Users)> _gates = [];

    /// <summary>Waits for the blob's turn; dispose the answer to pass it on.</summary>
    internal async ValueTask<IDisposable> EnterAsync(Digest digest, CancellationToken ct)
    {
        SemaphoreSlim gate;
        lock (_lock)
        {
            var (known, users) = _gates.GetValueOrDefault(digest);
            _gates[digest] = (gate = known ?? new SemaphoreSlim(1), users + 1);
        }
        try
        {
            await gate.WaitAsync(ct);
        }
        catch
        {
            Leave(digest);
            throw;
        }
        return new Turn(this, digest, gate);
    }

    void Leave(Digest digest)
    {
        lock (_lock)
        {
            var (gate, users) = _gates[digest];
            if (users == 1) _gates.Remove(digest);
            else _gates[digest] = (gate, users - 1);
        }
    }

    sealed class Turn(BlobTransfers owner, Digest digest, SemaphoreSlim gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Release();
            owner.Leave(digest);
        }
    }
}
