using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pier.Api.Doors;
using Pier.Api.Http;
using Pier.Engine.Containers;

namespace Pier.Api.Streams;

/// <summary>
/// Docker's hijacked connections: after the answer's head the connection is the process's stdio, both ways. The client's end of input
/// is the process's; the process's end is told by a half-close after every byte was sent.
/// </summary>
static class Hijack
{
    /// <summary>How long a client may take to close its side after ours was closed.</summary>
    static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    const int BufferSize = 256 * 1024;

    /// <summary>
    /// Claims the connection and reads the rest of the body; before the engine is asked, so that no end of input is taken for an abort.
    /// </summary>
    public static async Task<Takeover> ClaimAsync(ApiRequest request)
    {
        var takeover = request.Http.Features.Get<Takeover>() ?? throw new InvalidOperationException("the connection cannot be taken over");
        takeover.Claim();
        if (request.Http.Request.ContentLength > 0 || request.Http.Request.Headers.TransferEncoding.Count > 0)
            await request.Http.Request.Body.CopyToAsync(Stream.Null, request.Aborted);
        return takeover;
    }

    /// <summary>Answers with the head that the client asked for. No error can be answered after it.</summary>
    public static async Task AnswerAsync(ApiRequest request, Takeover takeover, bool tty)
    {
        try
        {
            await takeover.SendAsync(Head(request, tty), CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The client is gone, which the pumps will find too.
        }
    }

    /// <summary>Pumps until the session ends, after <see cref="AnswerAsync"/>. Disposes the session.</summary>
    public static async Task RunAsync(ApiRequest request, Takeover takeover, AttachSession session)
    {
        await using (session)
        {
            using var ended = new CancellationTokenSource();
            try
            {
                var input = PumpInputAsync(takeover, session, ended);
                await PumpOutputAsync(takeover, session, ended.Token);
                await takeover.CloseWriteAsync();
                ended.CancelAfter(FarewellLimit);
                await input;
                await takeover.FarewellAsync(ended.Token);
            }
            catch (Exception e)
                when (e is IOException or System.Net.Sockets.SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The client is gone; what it attached to lives on.
            }
            finally
            {
                await ended.CancelAsync();
                request.Http.Abort();
            }
        }
    }

    static byte[] Head(ApiRequest request, bool tty)
    {
        var type = tty || request.Version.IsBefore(42) ? "application/vnd.docker.raw-stream" : "application/vnd.docker.multiplexed-stream";
        var upgrade = request.Http.Request.Headers.Upgrade.Count > 0;
        var common =
            $"Content-Type: {type}\r\nApi-Version: {ApiVersion.Newest}\r\nOstype: linux\r\nServer: Pier/{request.Options.Version} (linux)\r\n\r\n";
        return Encoding.ASCII.GetBytes(
            upgrade ? $"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n{common}" : $"HTTP/1.1 200 OK\r\n{common}"
        );
    }

    static async Task PumpOutputAsync(Takeover takeover, AttachSession session, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var count = await session.Stream.ReadAsync(buffer, ct);
            await takeover.UntilReadAsync(ct);
            for (; count > 0; count = await session.Stream.ReadAsync(buffer, ct))
                await takeover.SendAsync(buffer.AsMemory(0, count), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static async Task PumpInputAsync(Takeover takeover, AttachSession session, CancellationTokenSource ended)
    {
        try
        {
            var writable = true;
            while (true)
            {
                var read = await takeover.Input.ReadAsync(ended.Token);
                foreach (var part in read.Buffer)
                    writable = writable && await TryWriteAsync(session, part, ended.Token);
                takeover.Input.AdvanceTo(read.Buffer.End);
                if (!read.IsCompleted)
                    continue;
                await session.CloseWriteAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The session ended first.
        }
        catch (Exception e)
            when (e is IOException or System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Reset by the client: it cannot take output either.
            await ended.CancelAsync();
        }
    }

    /// <summary>False once the process takes no more input: the rest is read and dropped, its output still goes on.</summary>
    static async ValueTask<bool> TryWriteAsync(AttachSession session, ReadOnlyMemory<byte> bytes, CancellationToken ct)
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
