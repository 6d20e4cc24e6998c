using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pier.Doors;

/// <summary>
/// What comes from a socket, as the reader that Kestrel wants. A loop receives in the background, up to the pipe's threshold, and so
/// notices the end while nobody reads. For bodies that are read by a thread of their own the loop can rest: then each read receives for
/// itself, and no byte is handed from one thread to another (<see cref="BeginDirect"/>).
/// </summary>
sealed class SocketInput(Socket socket, PipeOptions options) : PipeReader
{
    /// <summary>A request's head fits.</summary>
    const int SmallestBlock = 4 << 10;

    /// <summary>More is no faster, and would be a large object to the garbage collector.</summary>
    const int LargestBlock = 64 << 10;

    /// <summary>How often a direct read looks whether it was cancelled.</summary>
    static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    readonly Pipe _pipe = new(options);

    // Never disposed: an end may be told after the goodbye.
    readonly CancellationTokenSource _closed = new();
    readonly Lock _gate = new();
    TaskCompletionSource? _rest;
    bool _direct,
        _awaited,
        _filling,
        _ended;
    bool _resting;
    volatile bool _cancelled;

    /// <summary>Cancelled at the end of the input, or of the connection.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>The loop. Ends with the input.</summary>
    public async Task RunAsync()
    {
        Exception? error = null;
        try
        {
            bool more;
            do
            {
                await RestAsync();
                if (_ended)
                    return;
                // Waits until there is something, or the end, and takes nothing.
                await socket.ReceiveAsync(Memory<byte>.Empty);
                var count = await socket.ReceiveAsync(Block());
                more = count > 0;
                if (more)
                {
                    _pipe.Writer.Advance(count);
                    more = await _pipe.Writer.FlushAsync() is { IsCompleted: false, IsCanceled: false };
                }
            } while (more);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            error = SocketErrors.Translate(e);
        }
        End(error);
    }

    /// <summary>
    /// Until <see cref="EndDirect"/> reads may block their thread until something comes. Only where reads follow one another closely: an
    /// end of the client is not noticed between them.
    /// </summary>
    public void BeginDirect()
    {
        lock (_gate)
            _direct = true;
    }

    public void EndDirect()
    {
        lock (_gate)
        {
            _direct = false;
            Wake();
        }
    }

    /// <summary>The socket was closed: nothing rests any more.</summary>
    public void Stop()
    {
        EndDirect();
        _pipe.Writer.CancelPendingFlush();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (IsResting())
        {
            if (_pipe.Reader.TryRead(out var result))
                return ValueTask.FromResult(result);
            Fill();
        }
        return _pipe.Reader.ReadAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result) => _pipe.Reader.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => _pipe.Reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _pipe.Reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead()
    {
        _cancelled = true;
        _pipe.Reader.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null) => _pipe.Reader.Complete(exception);

    Memory<byte> Block() => _pipe.Writer.GetMemory(Math.Clamp(socket.Available, SmallestBlock, LargestBlock));

    /// <summary>Receives on this thread, which waits; in the place of the resting loop.</summary>
    void Fill()
    {
        lock (_gate)
        {
            if (!_resting || _ended)
                return;
            _filling = true;
        }
        try
        {
            while (!socket.Poll(Glance, SelectMode.SelectRead))
            {
                if (!_cancelled)
                    continue;
                _cancelled = false;
                return;
            }
            var count = socket.Receive(Block().Span);
            _pipe.Writer.Advance(count);
            // Nobody waits for room: who reads is the one who fills.
            if (count > 0)
                _ = _pipe.Writer.FlushAsync();
            else
                End(null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            End(SocketErrors.Translate(e));
        }
        finally
        {
            lock (_gate)
            {
                _filling = false;
                if (!_direct)
                    Wake();
            }
        }
    }

    // Whether this read is on its own. If not, the loop receives for it before it rests.
    bool IsResting()
    {
        lock (_gate)
        {
            _awaited = !_resting;
            return _resting;
        }
    }

    Task RestAsync()
    {
        lock (_gate)
        {
            var rests = _direct && !_awaited;
            _awaited = false;
            if (!rests)
                return Task.CompletedTask;
            _rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _resting = true;
            return _rest.Task;
        }
    }

    // Not while a read is in the loop's place: it does it at its end.
    void Wake()
    {
        if (_filling)
            return;
        _resting = false;
        _rest?.TrySetResult();
        _rest = null;
    }

    void End(Exception? error)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }
        _pipe.Writer.Complete(error);
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }
}
