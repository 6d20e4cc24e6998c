namespace Pier.Store.Layers;

/// <summary>
/// Reads a stream that can only be read asynchronously (a request's body) for code that works synchronously on a thread of its own. Waiting
/// ends with the cancellation.
/// </summary>
sealed class AwaitedReadStream(Stream inner, CancellationToken ct) : ReadStream
{
    readonly byte[] _buffer = new byte[256 << 10];
    int _at, _end;

    public override int Read(Span<byte> buffer)
    {
        if (_at == _end)
        {
            _at = 0;
            _end = inner.ReadAsync(_buffer, ct).AsTask().GetAwaiter().GetResult();
        }
        var length = Math.Min(buffer.Length, _end - _at);
        _buffer.AsSpan(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }
}

/// <summary>Writes to a stream that can only be written asynchronously (a response's body); the counterpart of <see cref="AwaitedReadStream"/>.</summary>
sealed class AwaitedWriteStream(Stream inner, CancellationToken ct) : Stream
{
    readonly byte[] _buffer = new byte[256 << 10];
    int _used;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes[..length].CopyTo(_buffer.AsSpan(_used));
            bytes = bytes[length..];
            if ((_used += length) == _buffer.Length) Flush();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        inner.WriteAsync(_buffer.AsMemory(0, _used), ct).AsTask().GetAwaiter().GetResult();
        _used = 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
