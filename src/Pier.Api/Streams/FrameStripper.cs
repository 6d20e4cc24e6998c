using System.Buffers.Binary;

namespace Pier.Api.Streams;

/// <summary>Takes the headers out of Docker's frames, in place, wherever reads cut them.</summary>
/// <param name="only">The stream whose bytes are kept; 0 for all.</param>
sealed class FrameStripper(bool framed, byte only = 0)
{
    const int HeaderSize = 8;

    readonly byte[] _header = new byte[HeaderSize];
    int _headerLength;
    long _left;

    /// <summary>Leaves the payload at the start of the bytes; its length.</summary>
    public int Strip(Span<byte> bytes)
    {
        if (!framed)
            return bytes.Length;
        var (from, to) = (0, 0);
        while (from < bytes.Length)
        {
            if (_left > 0)
            {
                var count = (int)Math.Min(_left, bytes.Length - from);
                if (only == 0 || _header[0] == only)
                {
                    bytes.Slice(from, count).CopyTo(bytes[to..]);
                    to += count;
                }
                (from, _left) = (from + count, _left - count);
                continue;
            }
            var missing = Math.Min(HeaderSize - _headerLength, bytes.Length - from);
            bytes.Slice(from, missing).CopyTo(_header.AsSpan(_headerLength));
            (from, _headerLength) = (from + missing, _headerLength + missing);
            if (_headerLength < HeaderSize)
                continue;
            _headerLength = 0;
            _left = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4));
        }
        return to;
    }
}
