using System.Collections.Concurrent;
using Pier.Linux;

namespace Pier.Network.Endpoints;

/// <summary>A few namespaces made ahead, so that a container's start does not wait for one.</summary>
sealed class ReadyNamespaces(NamespaceWorker worker, int count) : IDisposable
{
    readonly ConcurrentQueue<ReadyNamespace> _ready = new();
    int _ordered;
    volatile bool _disposed;

    /// <summary>A namespace from the stock, or one made now; the stock is filled up in the background.</summary>
    public ReadyNamespace Take()
    {
        if (_ready.TryDequeue(out var taken))
        {
            Interlocked.Decrement(ref _ordered);
            Fill();
            return taken;
        }

        var made = worker.Run(worker.MakeNamespace);
        Fill();
        return made;
    }

    /// <summary>Orders as many as are missing.</summary>
    public void Fill()
    {
        while (Volatile.Read(ref _ordered) < count && !_disposed)
        {
            if (Interlocked.Increment(ref _ordered) > count)
            {
                Interlocked.Decrement(ref _ordered);
                return;
            }

            worker.Post(MakeOne);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_ready.TryDequeue(out var item))
            item.Dispose();
    }

    void MakeOne()
    {
        if (_disposed)
            return;
        try
        {
            _ready.Enqueue(worker.MakeNamespace());
        }
        catch (LinuxException)
        {
            // The one who takes the next makes it himself and gets the error.
            Interlocked.Decrement(ref _ordered);
        }
    }
}
