using System.Buffers.Binary;
using Pier.Api.Doors;
using Pier.Engine.Containers;
using Pier.Model.Streams;

namespace Pier.Api.Streams;

/// <summary>
/// A process's stdio in the form that the client asked for at the start of an exec, where it is not the one that follows from the process
/// having a terminal. As dockerd has it: a client that says "terminal" gets bare bytes of standard output, one that does not gets frames of
/// it.
/// </summary>
sealed class ReframedStream(Stream inner, bool framed) : AsyncDuplexStream
{
    const int HeaderSize = 8;
    const byte StandardOutput = 1;

    readonly FrameStripper _frames = new(framed, StandardOutput);

    /// <summary>The session as the client wants it.</summary>
    /// <param name="raw">Whether the client wants bare bytes.</param>
    public static AttachSession Of(AttachSession session, bool raw) =>
        session.Tty == raw
            ? session
            : new AttachSession(new ReframedStream(session.Stream, framed: !session.Tty), raw, session.CloseWriteAsync);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!framed)
        {
            var bare = await inner.ReadAsync(buffer[HeaderSize..], cancellationToken);
            if (bare == 0)
                return 0;
            buffer.Span[..HeaderSize].Clear();
            buffer.Span[0] = StandardOutput;
            BinaryPrimitives.WriteInt32BigEndian(buffer.Span[(HeaderSize / 2)..], bare);
            return bare + HeaderSize;
        }
        int read;
        while ((read = await inner.ReadAsync(buffer, cancellationToken)) > 0)
        {
            // Nothing but headers, or what the other stream had, is no end.
            if (_frames.Strip(buffer.Span[..read]) is > 0 and var length)
                return length;
        }
        return 0;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
