namespace Pier.Network.Endpoints;

/// <summary>
/// Closes sockets that nobody waits for, one after the other, on a thread that lives while there are some. A netfilter socket of a
/// namespace where a table was replaced rests in close until the kernel has freed the old one: an RCU grace period, 10 ms and more.
/// </summary>
sealed class LateCloser : IDisposable
{
    readonly Queue<IDisposable> _waiting = new();
    Thread? _thread;

    public void Close(IDisposable socket)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(socket);
            if (_thread is not null)
                return;
            _thread = new Thread(Work, 128 << 10) { IsBackground = true, Name = "closing" };
            _thread.Start();
        }
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
            IDisposable? next;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _thread = null;
                    return;
                }
            }

            next.Dispose();
        }
    }
}
