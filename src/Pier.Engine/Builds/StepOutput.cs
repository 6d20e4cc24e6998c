using System.Buffers.Binary;

namespace Pier.Engine.Builds;

/// <summary>Takes Docker's frames apart: [stream, 0, 0, 0, length big-endian], payload.</summary>
static class StepOutput
{
    /// <summary>Reads frames until their end; what is handed out is good until the call returns.</summary>
    public static async Task ReadAsync(Stream frames, Action<int, ReadOnlyMemory<byte>> output, CancellationToken ct)
    {
        var header = new byte[8];
        var buffer = new byte[32 << 10];
        while (await frames.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false) == header.Length)
        {
            for (var left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)); left > 0; )
            {
                var read = await frames.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, (uint)buffer.Length)), ct).ConfigureAwait(false);
                if (read == 0)
                    return;
                output(header[0], buffer.AsMemory(0, read));
                left -= (uint)read;
            }
        }
    }
}
