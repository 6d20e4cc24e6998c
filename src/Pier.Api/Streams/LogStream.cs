using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Pier.Contracts;
using Pier.Engine.Containers;

namespace Pier.Api.Streams;

/// <summary>
/// Log entries on their way out: Docker's frames (stream, three zeros, length as big-endian 32 bits, payload), or bare bytes for a
/// terminal's log. What is there is sent in large pieces; before waiting for more, everything is flushed.
/// </summary>
static class LogStream
{
    const int FlushThreshold = 128 * 1024;

    public static async Task SendAsync(IAsyncEnumerable<LogEntry> entries, PipeWriter target, bool framed, bool timestamps, CancellationToken ct)
    {
        await using var enumerator = entries.GetAsyncEnumerator(ct);
        while (true)
        {
            var next = enumerator.MoveNextAsync();
            if (!next.IsCompleted) await target.FlushAsync(ct);
            if (!await next) break;
            Write(target, enumerator.Current, framed, timestamps);
            if (target.UnflushedBytes >= FlushThreshold) await target.FlushAsync(ct);
        }
        await target.FlushAsync(ct);
    }

    /// <summary>Appends one entry.</summary>
    public static void Write(IBufferWriter<byte> target, in LogEntry entry, bool framed, bool timestamps)
    {
        var stamp = timestamps ? Timestamps.FormatNanoseconds(entry.TimeNanoseconds) : null;
        var length = (stamp is null ? 0 : stamp.Length + 1) + entry.Line.Length;
        var span = target.GetSpan(8 + length);
        var position = 0;
        if (framed)
        {
            span[..8].Clear();
            span[0] = entry.Stream;
            BinaryPrimitives.WriteInt32BigEndian(span[4..], length);
            position = 8;
        }
        if (stamp is not null)
        {
            position += Encoding.ASCII.GetBytes(stamp, span[position..]);
            span[position++] = (byte)' ';
        }
        entry.Line.Span.CopyTo(span[position..]);
        target.Advance(position + entry.Line.Length);
    }
}
