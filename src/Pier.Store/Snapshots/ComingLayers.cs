using Pier.Linux;
using Pier.Model;

namespace Pier.Store.Snapshots;

/// <summary>
/// Layers whose blobs are stored and whose trees are still being unpacked: whoever made them does not wait, whoever needs one does. One
/// that could not be unpacked is tried again by the next who needs it, and he gets the error. Thread-safe.
/// </summary>
sealed class ComingLayers : IDisposable
{
    readonly Lock _gate = new();
    readonly Dictionary<Digest, Coming> _coming = [];

    sealed class Coming(long size, Action unpack)
    {
        Task? _work;

        internal long Size => size;

        internal Task? Under => _work;

        /// <summary>The work under way, or a first or next attempt. Under the gate.</summary>
        internal Task Work() => _work = _work is null or { IsFaulted: true } ? Task.Run(unpack) : _work;
    }

    /// <summary>Announces a layer of which <paramref name="size"/> is known: from now on <see cref="Await"/> waits for it.</summary>
    internal void Announce(Digest chainId, long size, Action unpack)
    {
        lock (_gate)
            _coming[chainId] = new Coming(size, unpack);
    }

    /// <summary>Unpacks an announced layer in the background.</summary>
    internal void Begin(Digest chainId)
    {
        if (Find(chainId) is { } work)
            _ = FinishAsync(chainId, work);
    }

    /// <summary>Returns when no layer of this name is on its way; throws what hinders it.</summary>
    internal void Await(Digest chainId)
    {
        if (Find(chainId) is not { } work)
            return;
        work.GetAwaiter().GetResult();
        Forget(chainId);
    }

    /// <summary>As <see cref="Await"/>, but neither tries again nor tells what hinders it.</summary>
    internal void Settle(Digest chainId)
    {
        Task? work;
        lock (_gate)
            work = _coming.GetValueOrDefault(chainId)?.Under;
        work?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
    }

    /// <summary>Its size as a layer will have it; null for one that is not on its way.</summary>
    internal long? Size(Digest chainId)
    {
        lock (_gate)
            return _coming.TryGetValue(chainId, out var coming) ? coming.Size : null;
    }

    /// <summary>It is there, or nobody will need it.</summary>
    internal void Forget(Digest chainId)
    {
        lock (_gate)
            _coming.Remove(chainId);
    }

    /// <summary>Waits for what is under way.</summary>
    public void Dispose()
    {
        Task[] under;
        lock (_gate)
            under = [.. _coming.Values.Select(c => c.Under).OfType<Task>()];
        Task.WhenAll(under).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
    }

    Task? Find(Digest chainId)
    {
        lock (_gate)
            return _coming.TryGetValue(chainId, out var coming) ? coming.Work() : null;
    }

    async Task FinishAsync(Digest chainId, Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
            Forget(chainId);
        }
        catch (Exception e) when (e is EngineException or LinuxException or IOException)
        {
            // Whoever needs it tries again and is told.
        }
    }
}
