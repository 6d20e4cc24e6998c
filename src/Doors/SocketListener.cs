using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Pier.Doors;

/// <summary>A listening socket, and the connections that come to it.</summary>
sealed class SocketListener : IConnectionListener
{
    const int Backlog = 512;

    /// <summary>How long to wait when accepting fails, most likely for want of descriptors: others are closed meanwhile.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    readonly Socket _socket;
    volatile bool _unbound;
    long _accepted;

    SocketListener(Socket socket) => (_socket, EndPoint) = (socket, socket.LocalEndPoint!);

    public EndPoint EndPoint { get; }

    /// <summary>Throws <see cref="AddressInUseException"/>, which Kestrel knows, or a SocketException.</summary>
    public static SocketListener Bind(EndPoint address)
    {
        var protocol = address is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, protocol);
        try
        {
            // Every address is every address of both families.
            if (address is IPEndPoint ip && ip.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(address);
            socket.Listen(Backlog);
            return new SocketListener(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            if (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
                throw new AddressInUseException(e.Message, e);
            throw;
        }
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellationToken);
                return SocketConnection.Start(socket, ++_accepted);
            }
            catch (Exception e) when (_unbound && e is SocketException or ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Gone while it waited.
            }
            catch (SocketException)
            {
                await Task.Delay(Patience, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound = true;
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
