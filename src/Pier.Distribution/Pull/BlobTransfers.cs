using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>
/// What the pulls into one store share: one pull at a time fetches a blob or unpacks a layer, the others wait and find it there; and so
/// many layers are unpacked at once as the machine has use for.
/// </summary>
public sealed class BlobTransfers : IDisposable
{
    readonly Lock _lock = new();

    // A base layer that is not compressed has one digest as a blob and as a stack of layers.
    readonly Dictionary<(char Kind, Digest Digest), (SemaphoreSlim Gate, int Users)> _gates = [];

    // A layer that follows its download mostly waits: more than one a processor.
    internal SemaphoreSlim Unpacking { get; } = new(Math.Max(4, 2 * Environment.ProcessorCount));

    /// <summary>Waits for the turn to fetch a blob; dispose the answer to pass it on.</summary>
    internal ValueTask<IDisposable> EnterBlobAsync(Digest digest, CancellationToken ct) => EnterAsync(('b', digest), ct);

    /// <summary>Waits for the turn to unpack a layer, named by its chain id.</summary>
    internal ValueTask<IDisposable> EnterLayerAsync(Digest chainId, CancellationToken ct) => EnterAsync(('l', chainId), ct);

    async ValueTask<IDisposable> EnterAsync((char, Digest) key, CancellationToken ct)
    {
        SemaphoreSlim gate;
        lock (_lock)
        {
            var (known, users) = _gates.GetValueOrDefault(key);
            _gates[key] = (gate = known ?? new SemaphoreSlim(1), users + 1);
        }
        try
        {
            await gate.WaitAsync(ct);
        }
        catch
        {
            Leave(key);
            throw;
        }
        return new Turn(this, key, gate);
    }

    void Leave((char, Digest) key)
    {
        lock (_lock)
        {
            var (gate, users) = _gates[key];
            if (users == 1)
                _gates.Remove(key);
            else
                _gates[key] = (gate, users - 1);
        }
    }

    public void Dispose() => Unpacking.Dispose();

    sealed class Turn(BlobTransfers owner, (char, Digest) key, SemaphoreSlim gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Release();
            owner.Leave(key);
        }
    }
}
