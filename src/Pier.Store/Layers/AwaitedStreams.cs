using Pier.Model.Streams;

namespace Pier.Store.Layers;

/// <summary>
/// Reads a stream that can only be read asynchronously (a request's body) for code that works synchronously on a thread of its own. Waiting
/// ends with the cancellation. A body comes in pieces of a few KiB: the thread is woken when the buffer is full, or for the last of them.
/// </summary>
sealed class AwaitedReadStream(Stream inner, CancellationToken ct) : ReadOnlyStream
{
    readonly byte[] _buffer = new byte[256 << 10];
    int _at,
        _end;

    public override int Read(Span<byte> buffer)
    {
        if (_at == _end)
        {
            _at = 0;
            var reading = inner.ReadAtLeastAsync(_buffer, _buffer.Length, throwOnEndOfStream: false, ct).AsTask();
            // A task's own waiting spins first.
            if (!reading.IsCompleted)
                ((IAsyncResult)reading).AsyncWaitHandle.WaitOne();
            _end = reading.GetAwaiter().GetResult();
        }
        var length = Math.Min(buffer.Length, _end - _at);
        _buffer.AsSpan(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }
}

/// <summary>
/// Writes to a stream that can only be written asynchronously (a response's body); the counterpart of <see cref="AwaitedReadStream"/>.
/// </summary>
sealed class AwaitedWriteStream(Stream inner, CancellationToken ct) : GatheringWriteStream
{
    protected override void Send(ReadOnlyMemory<byte> block) => inner.WriteAsync(block, ct).AsTask().GetAwaiter().GetResult();
}
