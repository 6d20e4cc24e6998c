using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;
using Pier.Network.Publishing;

namespace Pier.Network.Relay;

/// <summary>
/// The relay's loop: ports as daemons ask for them. It keeps them while no daemon is connected, and ends when there are neither ports nor
/// daemons. One thread.
/// </summary>
sealed class RelayServer : IReadinessHandler, IDisposable
{
    const int TickMilliseconds = 1000,
        FirstDaemonTicks = 30;

    readonly EventLoop _loop = new();
    readonly SafeFileHandle _listener;
    readonly Dictionary<RelayKey, RelayPort> _ports = [];
    readonly RelayResources _resources = new();
    int _daemons,
        _ticks;
    bool _served;

    /// <param name="listener">Where daemons connect; is taken over.</param>
    public RelayServer(SafeFileHandle listener)
    {
        _listener = listener;
        Descriptor.SetNonBlocking(listener);
        _loop.Add(listener, Readiness.In, this);
    }

    public void Run()
    {
        var ticked = Environment.TickCount64;
        while (_ports.Count > 0 || _daemons > 0 || (!_served && _ticks < FirstDaemonTicks))
        {
            // Only a session of datagrams ends by time, and only a relay without a daemon has to be awake for nothing.
            _loop.RunOnce(_resources.NeedsTime || !_served ? TickMilliseconds : -1);
            if (Environment.TickCount64 - ticked < TickMilliseconds)
                continue;
            ticked = Environment.TickCount64;
            _ticks++;
            foreach (var port in _ports.Values)
                port.Tick(ticked);
        }
    }

    public void OnReady(Readiness events)
    {
        while (UnixSocket.TryAccept(_listener) is { } socket)
        {
            if (UnixSocket.PeerUser(socket) is not 0)
            {
                socket.Dispose();
                continue;
            }

            _served = true;
            _daemons++;
            _ = new Daemon(this, socket);
        }
    }

    public void Dispose()
    {
        foreach (var port in _ports.Values)
            port.Dispose();
        _resources.Dispose();
        _listener.Dispose();
        _loop.Dispose();
    }

    void Open(ReadOnlyMemory<byte> message, List<SafeFileHandle> sockets, HashSet<RelayKey> said)
    {
        var next = 0;
        foreach (var (key, target, hasSocket) in RelayWire.ReadOpen(message))
        {
            var socket = hasSocket && next < sockets.Count ? sockets[next++] : null;
            said.Add(key);
            if (_ports.TryGetValue(key, out var open))
            {
                open.Target = target;
                socket?.Dispose();
            }
            else if (socket is not null)
            {
                _ports[key] =
                    key.Protocol == TransportProtocol.Tcp
                        ? new StreamPort(_loop, socket, _resources) { Target = target }
                        : new DatagramPort(_loop, socket, _resources) { Target = target };
            }
        }
    }

    void Close(IEnumerable<RelayKey> keys)
    {
        foreach (var key in keys)
            if (_ports.Remove(key, out var port))
                port.Dispose();
    }

    /// <summary>
    /// A connected daemon. There is one at a time, but for the moment in which the next has come before the end of the last is seen.
    /// </summary>
    sealed class Daemon : IReadinessHandler
    {
        readonly RelayServer _server;
        readonly SafeFileHandle _socket;
        readonly Watch _watch;
        readonly HashSet<RelayKey> _said = [];
        readonly byte[] _buffer = new byte[RelayWire.MaxMessage];
        readonly List<SafeFileHandle> _received = [];

        public Daemon(RelayServer server, SafeFileHandle socket)
        {
            (_server, _socket) = (server, socket);
            _watch = server._loop.Add(socket, Readiness.In, this);
        }

        public void OnReady(Readiness events)
        {
            _received.Clear();
            var received = SocketMessage.Receive(_socket, _buffer, _received, wait: false);
            if (received.WouldBlock)
                return;
            if (received.Count == 0)
            {
                _watch.End();
                _socket.Dispose();
                _server._daemons--;
                return;
            }

            var message = _buffer.AsMemory(0, received.Count);
            if (_buffer[0] == RelayWire.Open)
            {
                _server.Open(message, _received, _said);
            }
            else if (_buffer[0] == RelayWire.Close)
            {
                var keys = RelayWire.ReadClose(message).ToList();
                _said.ExceptWith(keys);
                _server.Close(keys);
            }
            else if (_buffer[0] == RelayWire.Sweep)
            {
                _server.Close([.. _server._ports.Keys.Where(k => !_said.Contains(k))]);
            }

            SocketMessage.Send(_socket, _buffer.AsSpan(0, 1), wait: false);
        }
    }
}
