using System.Net.Security;
using System.Net.Sockets;

namespace Pier.Engine.Logs.Shipping;

/// <summary>
/// A connection to a receiver, made when it is needed and dropped at the first error. Nothing on it takes longer than its patience:
/// IOException, SocketException, AuthenticationException or TimeoutException say that the receiver did not take what was sent.
/// </summary>
sealed class LogLink(LogAddress address, bool datagrams, SslClientAuthenticationOptions? tls = null) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    Socket? _socket;
    Stream? _stream;

    /// <summary>Sends one datagram, or bytes of the stream.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        GuardedAsync(
            async limit =>
            {
                await OpenAsync(limit).ConfigureAwait(false);
                if (_stream is null)
                    await _socket!.SendAsync(bytes, limit).ConfigureAwait(false);
                else
                    await _stream.WriteAsync(bytes, limit).ConfigureAwait(false);
                return 0;
            },
            ct
        );

    /// <summary>Reads some bytes of a stream; 0 at its end.</summary>
    public Task<int> ReadAsync(Memory<byte> bytes, CancellationToken ct) =>
        GuardedAsync(
            async limit =>
            {
                await OpenAsync(limit).ConfigureAwait(false);
                return await _stream!.ReadAsync(bytes, limit).ConfigureAwait(false);
            },
            ct
        );

    async Task<int> GuardedAsync(Func<CancellationToken, Task<int>> work, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return await work(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await DisposeAsync().ConfigureAwait(false);
            throw new TimeoutException($"{address.Protocol}://{address.Host}{address.Path}: no answer within {Patience.TotalSeconds} s");
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task OpenAsync(CancellationToken ct)
    {
        // A stream that the other side has closed would still take the next write, and lose it.
        if (_stream is not null && tls is null && _socket!.Poll(0, SelectMode.SelectRead) && _socket.Available == 0)
            await DisposeAsync().ConfigureAwait(false);
        if (_socket is not null)
            return;
        _socket = await ConnectAsync(ct).ConfigureAwait(false);
        if (_socket.SocketType == SocketType.Dgram)
            return;
        _stream = new NetworkStream(_socket, ownsSocket: false);
        if (tls is null)
            return;
        var secured = new SslStream(_stream);
        await secured.AuthenticateAsClientAsync(tls, ct).ConfigureAwait(false);
        _stream = secured;
    }

    async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        if (!address.IsPath)
            return await ConnectHostAsync(ct).ConfigureAwait(false);
        var endpoint = new UnixDomainSocketEndPoint(address.Path);
        try
        {
            return await ConnectAsync(
                    new Socket(AddressFamily.Unix, datagrams ? SocketType.Dgram : SocketType.Stream, ProtocolType.Unspecified),
                    endpoint,
                    ct
                )
                .ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ProtocolType)
        {
            // "unix" stands for whichever of both the listener made (EPROTOTYPE otherwise).
            return await ConnectAsync(
                    new Socket(AddressFamily.Unix, datagrams ? SocketType.Stream : SocketType.Dgram, ProtocolType.Unspecified),
                    endpoint,
                    ct
                )
                .ConfigureAwait(false);
        }
    }

    async Task<Socket> ConnectHostAsync(CancellationToken ct)
    {
        var hosts = await System.Net.Dns.GetHostAddressesAsync(address.Host, ct).ConfigureAwait(false);
        for (var i = 0; i < hosts.Length; i++)
        {
            var socket = datagrams
                ? new Socket(hosts[i].AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(hosts[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                return await ConnectAsync(socket, new System.Net.IPEndPoint(hosts[i], address.Port), ct).ConfigureAwait(false);
            }
            catch (SocketException) when (i + 1 < hosts.Length)
            {
                // The next address may answer.
            }
        }
        throw new SocketException((int)SocketError.HostNotFound);
    }

    static async Task<Socket> ConnectAsync(Socket socket, System.Net.EndPoint endpoint, CancellationToken ct)
    {
        try
        {
            await socket.ConnectAsync(endpoint, ct).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync().ConfigureAwait(false);
        _socket?.Dispose();
        (_stream, _socket) = (null, null);
    }
}
