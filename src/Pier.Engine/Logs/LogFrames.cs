using System.Buffers.Binary;
using Pier.Engine.Containers;

namespace Pier.Engine.Logs;

/// <summary>Log lines as an attached client reads them: Docker's frames [stream, 0, 0, 0, length big-endian], or raw for a terminal.</summary>
static class LogFrames
{
    public static async Task<byte[]> ReadAsync(IAsyncEnumerable<LogEntry> entries, bool tty)
    {
        using var frames = new MemoryStream();
        var header = new byte[8];
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            if (!tty)
            {
                header[0] = entry.Stream;
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), entry.Line.Length);
                frames.Write(header);
            }
            frames.Write(entry.Line.Span);
        }
        return frames.ToArray();
    }
}
