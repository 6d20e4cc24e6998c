using Pier.Model.Streams;

namespace Pier.Contracts.Http2;

/// <summary>One stream of a connection: headers, then bytes, then trailers, both ways. One reader and one writer at a time.</summary>
public sealed class Http2Stream : AsyncDuplexStream
{
    readonly Http2Connection _connection;
    readonly Queue<ReadOnlyMemory<byte>> _received = new();
    readonly TaskCompletionSource<IReadOnlyList<KeyValuePair<string, string>>> _head = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    readonly Lock _gate = new();
    TaskCompletionSource? _arrival;
    Exception? _failure;
    int _taken;
    int _buffered;
    int _unreported;
    bool _inputEnded;
    bool _outputEnded;

    internal Http2Stream(Http2Connection connection, int id, long sendWindow) =>
        (_connection, Id, SendWindow) = (connection, id, sendWindow);

    internal int Id { get; }

    /// <summary>Bytes that the peer takes; guarded by the connection.</summary>
    internal long SendWindow { get; set; }

    internal bool IsOver
    {
        get
        {
            lock (_gate)
                return _failure is not null || (_inputEnded && _outputEnded);
        }
    }

    /// <summary>The peer's headers.</summary>
    public Task<IReadOnlyList<KeyValuePair<string, string>>> HeadAsync(CancellationToken ct) => _head.Task.WaitAsync(ct);

    /// <summary>What the peer sent after its bytes; empty before their end.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; private set; } = [];

    /// <summary>Cancelled when the peer gives the stream up, or is gone.</summary>
    public CancellationToken Aborted => _aborted.Token;
    readonly CancellationTokenSource _aborted = new();

    public Task SendHeadersAsync(IEnumerable<KeyValuePair<string, string>> headers, bool end, CancellationToken ct)
    {
        if (end)
            EndOutput();
        return _connection.SendHeadersAsync(this, headers, end, ct);
    }

    /// <summary>No more bytes from this side.</summary>
    public async Task CompleteAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_outputEnded || _failure is not null)
                return;
        }
        EndOutput();
        try
        {
            await _connection.SendDataAsync(this, ReadOnlyMemory<byte>.Empty, end: true, ct).ConfigureAwait(false);
        }
        catch (IOException) when (IsAnswered)
        {
            // As a write.
        }
    }

    /// <summary>Whether a server has said everything.</summary>
    bool IsAnswered
    {
        get
        {
            lock (_gate)
                return _inputEnded && _connection.IsClient;
        }
    }

    /// <summary>Gives the stream up, unless it is over.</summary>
    public void Reset()
    {
        if (IsOver)
            return;
        var error = _outputEnded ? Http2Error.None : Http2Error.Cancel;
        Fail(new IOException("the stream was given up"));
        _connection.SendReset(this, error);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task arrival;
            int count,
                credit;
            lock (_gate)
            {
                (count, credit) = Take(buffer);
                if (count == 0)
                {
                    // A server may give the rest of a stream up once it has said everything.
                    if (_inputEnded || buffer.IsEmpty)
                        return 0;
                    if (_failure is not null)
                        throw new IOException(_failure.Message, _failure);
                }
                arrival = (_arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            if (credit > 0)
                _connection.SendWindow(this, credit);
            if (count > 0)
                return count;
            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _connection.SendDataAsync(this, buffer, end: false, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (IsAnswered)
        {
            // Who has answered whole may give up what is left of the question (RFC 9113, section 8.1): the answer stands.
        }
    }

    internal void ReceiveHead(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (_head.TrySetResult(headers))
            return;
        lock (_gate)
            Trailers = headers;
    }

    internal void Receive(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            if (_inputEnded)
                throw new Http2Exception(Http2Error.StreamClosed, "data after the end of the stream");
            _buffered += bytes.Length;
            if (_buffered + _unreported > Http2Connection.StreamWindow)
                throw new Http2Exception(Http2Error.FlowControl, "more data than the window holds");
            if (!bytes.IsEmpty)
                _received.Enqueue(bytes);
            Wake();
        }
    }

    internal void EndInput()
    {
        lock (_gate)
        {
            _inputEnded = true;
            Wake();
        }
        _head.TrySetException(new IOException("the stream ended without headers"));
        _ = _head.Task.Exception;
    }

    internal void Fail(Exception reason)
    {
        lock (_gate)
        {
            _failure ??= reason;
            Wake();
        }
        if (_head.TrySetException(new IOException(reason.Message, reason)))
            _ = _head.Task.Exception;
        _connection.WakeWriters();
        _aborted.Cancel();
    }

    internal void ThrowIfFailed()
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw new IOException(_failure.Message, _failure);
        }
    }

    void EndOutput()
    {
        lock (_gate)
            _outputEnded = true;
    }

    // Credit is given back in large pieces: a frame for each read would be half of the traffic.
    (int Count, int Credit) Take(Memory<byte> buffer)
    {
        var count = 0;
        while (count < buffer.Length && _received.TryPeek(out var first))
        {
            var part = first[_taken..Math.Min(first.Length, _taken + buffer.Length - count)];
            part.CopyTo(buffer[count..]);
            (count, _taken) = (count + part.Length, _taken + part.Length);
            if (_taken < first.Length)
                break;
            _received.Dequeue();
            _taken = 0;
        }
        _buffered -= count;
        _unreported += count;
        if (_inputEnded || _unreported < Http2Connection.StreamWindow / 4)
            return (count, 0);
        var credit = _unreported;
        _unreported = 0;
        return (count, credit);
    }

    void Wake()
    {
        var arrival = _arrival;
        _arrival = null;
        arrival?.TrySetResult();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Reset();
        base.Dispose(disposing);
    }
}
