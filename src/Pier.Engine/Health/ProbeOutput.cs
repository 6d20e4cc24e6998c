using System.Buffers.Binary;
using System.Text;

namespace Pier.Engine.Health;

/// <summary>
/// The first bytes of both streams of a probe, in the order in which they came; what is more is read and dropped, so that the probe can
/// end.
/// </summary>
sealed class ProbeOutput
{
    public const int Limit = 4096;

    readonly Lock _lock = new();
    readonly byte[] _kept = new byte[Limit];
    int _length;
    bool _truncated;

    /// <summary>What there is so far, with "..." where something was dropped.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return Encoding.UTF8.GetString(_kept, 0, _length) + (_truncated ? "..." : "");
        }
    }

    /// <summary>Reads Docker's frames ([stream, 0, 0, 0, length big-endian], payload) until their end.</summary>
    public async Task ReadAsync(Stream frames, CancellationToken ct)
    {
        var header = new byte[8];
        var buffer = new byte[Limit];
        while (await frames.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false) == header.Length)
        {
            var left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            while (left > 0)
            {
                var read = await frames.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, (uint)buffer.Length)), ct).ConfigureAwait(false);
                if (read == 0)
                    return;
                Add(buffer.AsSpan(0, read));
                left -= (uint)read;
            }
        }
    }

    void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var fitting = Math.Min(bytes.Length, Limit - _length);
            bytes[..fitting].CopyTo(_kept.AsSpan(_length));
            _length += fitting;
            _truncated |= fitting < bytes.Length;
        }
    }
}
