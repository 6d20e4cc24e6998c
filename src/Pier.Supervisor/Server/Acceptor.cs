using Microsoft.Win32.SafeHandles;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Server;

/// <summary>Lets clients of the same user or of root in.</summary>
sealed class Acceptor(EventLoop loop, SafeFileHandle listener, RequestHandler handler) : IReadinessHandler
{
    readonly byte[] _buffer = new byte[Wire.MaxMessage];
    readonly int _user = UnixSocket.PeerUser(listener);

    public void OnReady(Readiness events)
    {
        while (UnixSocket.TryAccept(listener) is { } socket)
        {
            // The socket's mode says so already; this holds for a socket that was handed on, too.
            if (UnixSocket.PeerUser(socket) is var user && user != 0 && user != _user)
                socket.Dispose();
            else
                handler.Connected(new ClientConnection(loop, socket, handler, _buffer));
        }
    }
}
