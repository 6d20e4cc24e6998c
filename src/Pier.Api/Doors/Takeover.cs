using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Pier.Doors;

namespace Pier.Api.Doors;

/// <summary>
/// A connection's feature that lets a handler take the raw stream over from HTTP, as Docker's attach and exec need. Kestrel's own
/// upgrade cannot: it refuses requests with a body, and takes the client's end of input for the end of the connection.
/// </summary>
sealed class Takeover
{
    /// <summary>
    /// How long a client's end of input may wait for a handler to claim the connection before the request counts as aborted.
    /// </summary>
    static readonly TimeSpan ClaimGrace = TimeSpan.FromMilliseconds(100);

    readonly ConnectionContext _connection;
    readonly Socket? _socket;
    readonly TlsConnection? _tls;
    volatile bool _claimed;

    Takeover(ConnectionContext connection, Socket? socket, TlsConnection? tls)
    {
        _connection = connection;
        _socket = socket;
        _tls = tls;
    }

    /// <summary>What the client sends after its request.</summary>
    public PipeReader Input => _connection.Transport.Input;

    /// <summary>From now on an end of the client's input no longer aborts the request.</summary>
    public void Claim() => _claimed = true;

    /// <summary>Sends all bytes. Only after the request's body was read, and instead of any HTTP answer.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (_socket is null)
        {
            await _connection.Transport.Output.WriteAsync(bytes, ct);
            return;
        }
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, ct)..];
    }

    /// <summary>
    /// Waits, within bounds, until the client has taken everything from a unix socket. docker-py and docker-compose 1.x read an answer's
    /// head through a buffer and what follows from the bare socket: bytes that come together with the head are lost to them.
    /// </summary>
    public async ValueTask UntilReadAsync(CancellationToken ct)
    {
        const int eager = 10,
            patient = 250;
        for (
            var attempt = 0;
            attempt < eager + patient && _socket is { AddressFamily: AddressFamily.Unix } && Unread(_socket) > 0;
            attempt++
        )
        {
            if (attempt < eager)
                await Task.Yield();
            else
                await Task.Delay(1, ct);
        }
    }

    /// <summary>Memory of what was sent and not read (man 7 socket, SO_MEMINFO; linux/sock_diag.h, SK_MEMINFO_WMEM_ALLOC).</summary>
    static uint Unread(Socket socket)
    {
        const int solSocket = 1,
            soMemInfo = 55,
            writeAllocated = 2;
        Span<byte> info = stackalloc byte[64];
        var length = socket.GetRawSocketOption(solSocket, soMemInfo, info);
        return length < (writeAllocated + 1) * sizeof(uint) ? 0 : BitConverter.ToUInt32(info[(writeAllocated * sizeof(uint))..]);
    }

    /// <summary>Tells the client that no more output follows; it may still send.</summary>
    public async ValueTask CloseWriteAsync()
    {
        try
        {
            if (_tls is not null)
                await _tls.ShutdownAsync();
            else
                _socket?.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The client is gone already: nothing to tell it.
        }
    }

    /// <summary>After both sides ended: waits until everything that was sent is on its way and can no longer be lost.</summary>
    public ValueTask FarewellAsync(CancellationToken ct) => _tls?.UntilClosedAsync(ct) ?? ValueTask.CompletedTask;

    /// <summary>Connection middleware that offers the feature and, until a claim, keeps the usual meaning of a closed connection.</summary>
    public static ConnectionDelegate Offer(
        ConnectionDelegate next,
        Door door,
        Func<ConnectionContext, (Socket? Socket, TlsConnection? Tls)> raw
    ) =>
        async connection =>
        {
            var (socket, tls) = raw(connection);
            var takeover = new Takeover(connection, socket, tls);
            connection.Features.Set(takeover);
            connection.Features.Set(door);
            var closed = new CancellationTokenSource();
            using var registration = connection.ConnectionClosed.UnsafeRegister(_ => takeover.OnClosed(closed), null);
            connection.ConnectionClosed = closed.Token;
            await next(connection);
        };

    void OnClosed(CancellationTokenSource closed)
    {
        if (_claimed)
            return;
        _ = CancelUnlessClaimedAsync(closed);
    }

    async Task CancelUnlessClaimedAsync(CancellationTokenSource closed)
    {
        await Task.Delay(ClaimGrace);
        if (!_claimed)
            await closed.CancelAsync();
    }
}
