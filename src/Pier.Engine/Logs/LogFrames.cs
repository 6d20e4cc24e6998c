using System.Buffers;
using System.Buffers.Binary;

namespace Pier.Engine.Logs;

/// <summary>
/// Log lines as an attached client reads them: Docker's frames [stream, 0, 0, 0, length big-endian], or raw for a terminal.
/// </summary>
public static class LogFrames
{
    const int Header = 8;

    /// <summary>The most that a line needs as a frame.</summary>
    public static int MaxLength(in LogLine line) => Header + line.MaxLength;

    /// <summary>Writes one line, with something before its text; the number of bytes.</summary>
    public static int Write(in LogLine line, bool framed, ReadOnlySpan<byte> before, Span<byte> target)
    {
        var start = framed ? Header : 0;
        before.CopyTo(target[start..]);
        var length = before.Length + line.CopyText(target[(start + before.Length)..]);
        if (!framed)
            return length;
        target[..4].Clear();
        target[0] = line.Stream;
        BinaryPrimitives.WriteInt32BigEndian(target[4..], length);
        return Header + length;
    }

    internal static async Task<byte[]> ReadAsync(IAsyncEnumerable<LogPage> pages, bool tty)
    {
        var frames = new ArrayBufferWriter<byte>();
        await foreach (var page in pages.ConfigureAwait(false))
            Write(page, !tty, frames);
        return frames.WrittenSpan.ToArray();
    }

    static void Write(LogPage page, bool framed, ArrayBufferWriter<byte> frames)
    {
        while (page.Next(out var line))
            frames.Advance(Write(line, framed, [], frames.GetSpan(MaxLength(line))));
    }
}
