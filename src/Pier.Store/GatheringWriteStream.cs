namespace Pier.Store;

/// <summary>A write-only stream that gathers small writes and hands them on in blocks. The last block goes on with Flush.</summary>
abstract class GatheringWriteStream : Stream
{
    readonly byte[] _buffer = new byte[256 << 10];
    int _used;

    public sealed override bool CanRead => false;
    public sealed override bool CanSeek => false;
    public sealed override bool CanWrite => true;
    public sealed override long Length => throw new NotSupportedException();
    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes a block; the memory is used again afterwards.</summary>
    protected abstract void Send(ReadOnlyMemory<byte> block);

    public sealed override void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes[..length].CopyTo(_buffer.AsSpan(_used));
            bytes = bytes[length..];
            if ((_used += length) == _buffer.Length)
                Flush();
        }
    }

    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public sealed override void Flush()
    {
        Send(_buffer.AsMemory(0, _used));
        _used = 0;
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();
}
