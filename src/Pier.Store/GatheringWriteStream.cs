using Pier.Model.Streams;

namespace Pier.Store;

/// <summary>A write-only stream that gathers small writes and hands them on in blocks. The last block goes on with Flush.</summary>
abstract class GatheringWriteStream : WriteOnlyStream
{
    readonly byte[] _buffer = new byte[256 << 10];
    int _used;

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

    public sealed override void Flush()
    {
        Send(_buffer.AsMemory(0, _used));
        _used = 0;
    }
}
