namespace Pier.Linux.Files;

/// <summary>
/// Closes descriptors that nobody waits for, one after the other, on a thread that lives while there are some. A netfilter socket of a
/// namespace where a table was replaced rests in close until the kernel has freed the old one: an RCU grace period, 10 ms and more. The
/// last reference to an overlay syncs a file system.
/// </summary>
public sealed class LateCloser : IDisposable
{
    readonly Queue<(IDisposable Descriptor, TaskCompletionSource Closed)> _waiting = new();
    Thread? _thread;

    /// <summary>Completes when it is closed.</summary>
    public Task Close(IDisposable descriptor)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            _waiting.Enqueue((descriptor, closed));
            if (_thread is null)
            {
                _thread = new Thread(Work, 128 << 10) { IsBackground = true, Name = "closing" };
                _thread.Start();
            }
        }
        return closed.Task;
    }

    /// <summary>Waits until all are closed.</summary>
    public void Dispose()
    {
        Thread? last;
        lock (_waiting)
            last = _thread;
        last?.Join();
    }

    void Work()
    {
        while (true)
        {
            (IDisposable Descriptor, TaskCompletionSource Closed) next;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _thread = null;
                    return;
                }
            }

            next.Descriptor.Dispose();
            next.Closed.SetResult();
        }
    }
}
