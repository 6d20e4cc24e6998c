using System.Buffers;
using System.Net.WebSockets;
using Pier.Engine.Containers;

namespace Pier.Api.Streams;

/// <summary>
/// An attach session over a websocket: what the client sends is the process's input, its close is the input's end; output comes as messages
/// of bare bytes, stdout and stderr as they were written (Docker does not tell them apart here either).
/// </summary>
/// <param name="binary">Binary messages; clients before API 1.28 know text ones only.</param>
sealed class SocketSession(WebSocket socket, AttachSession session, bool binary)
{
    const int BufferSize = 64 * 1024;
    static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var input = PumpInputAsync(ended);
        try
        {
            await PumpOutputAsync(ended.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
            // The client is gone, or has closed; what it attached to lives on.
        }
        await CloseAsync();
        ended.CancelAfter(FarewellLimit);
        await input;
    }

    async Task CloseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(FarewellLimit);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
            // Nobody is left to tell.
        }
    }

    static bool IsGone(Exception e) =>
        e
            is WebSocketException
                or IOException
                or OperationCanceledException
                or ObjectDisposedException
                or System.Net.Sockets.SocketException;

    async Task PumpOutputAsync(CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var frames = new FrameStripper(framed: !session.Tty);
        try
        {
            for (int read; (read = await session.Stream.ReadAsync(buffer, ct)) > 0; )
            {
                var length = frames.Strip(buffer.AsSpan(0, read));
                if (length > 0)
                    await socket.SendAsync(
                        buffer.AsMemory(0, length),
                        binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text,
                        endOfMessage: true,
                        ct
                    );
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    async Task PumpInputAsync(CancellationTokenSource ended)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var writable = true;
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), ended.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    break;
                writable = writable && await TryWriteAsync(buffer.AsMemory(0, received.Count), ended.Token);
            }
            await session.CloseWriteAsync();
            // A client that closes wants no output either.
            await ended.CancelAsync();
        }
        catch (Exception e) when (IsGone(e))
        {
            // Reset by the client, or the session ended first.
            await ended.CancelAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await session.Stream.WriteAsync(bytes, ct);
            await session.Stream.FlushAsync(ct);
            return true;
        }
        catch (Exception e)
            when (e is IOException or ObjectDisposedException or NotSupportedException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
