using System.Buffers;
using Pier.Model.Streams;

namespace Pier.Api.Doors;

/// <summary>A connection that was taken over from HTTP, as a stream both ways.</summary>
sealed class TakeoverStream(Takeover takeover) : AsyncDuplexStream
{
    readonly CancellationTokenSource _ended = new();

    /// <summary>Cancelled when the client sends no more, or is gone.</summary>
    public CancellationToken Ended => _ended.Token;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                var read = await takeover.Input.ReadAsync(cancellationToken);
                var part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length));
                part.CopyTo(buffer.Span);
                // Counted before the pipe takes its memory back.
                var count = (int)part.Length;
                takeover.Input.AdvanceTo(part.End);
                if (count > 0 || buffer.IsEmpty)
                    return count;
                if (!read.IsCompleted)
                    continue;
                await _ended.CancelAsync();
                return 0;
            }
        }
        catch (Exception e)
            when (e is IOException or System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await _ended.CancelAsync();
            throw new IOException(e.Message, e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await takeover.SendAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await _ended.CancelAsync();
            throw new IOException(e.Message, e);
        }
    }
}
