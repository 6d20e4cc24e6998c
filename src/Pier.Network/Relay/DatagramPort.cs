using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;

namespace Pier.Network.Relay;

/// <summary>A UDP port: every peer gets a socket of its own to the container, for as long as datagrams pass.</summary>
sealed class DatagramPort : RelayPort, IReadinessHandler
{
    const int AtOnce = 64,
        MaxSessions = 1000;

    /// <summary>As long as docker-proxy keeps one.</summary>
    const long IdleMilliseconds = 90_000;

    readonly EventLoop _loop;
    readonly SafeFileHandle _socket;
    readonly RelayResources _resources;
    readonly Watch _watch;
    readonly Dictionary<DatagramPeer, Session> _sessions = [];

    public DatagramPort(EventLoop loop, SafeFileHandle socket, RelayResources resources)
    {
        (_loop, _socket, _resources) = (loop, socket, resources);
        Descriptor.SetNonBlocking(socket);
        InternetSocket.TellDestinations(socket);
        _watch = loop.Add(socket, Readiness.In, this);
    }

    public void OnReady(Readiness events)
    {
        for (var i = 0; i < AtOnce; i++)
        {
            var count = InternetSocket.Receive(_socket, _resources.Buffer, out var peer);
            if (count < 0)
                return;
            if (SessionOf(peer) is { } session)
                session.Send(_resources.Buffer.AsSpan(0, count));
        }
    }

    public override void Tick(long now)
    {
        foreach (var session in _sessions.Values.Where(s => now - s.LastUse > IdleMilliseconds).ToList())
            End(session);
    }

    public override void Dispose()
    {
        foreach (var session in _sessions.Values.ToList())
            End(session);
        _watch.End();
        _socket.Dispose();
    }

    Session? SessionOf(DatagramPeer peer)
    {
        if (_sessions.TryGetValue(peer, out var known))
            return known;
        if (_sessions.Count >= MaxSessions)
            End(_sessions.Values.MinBy(s => s.LastUse)!);
        try
        {
            _resources.Waiting++;
            return _sessions[peer] = new Session(this, peer, InternetSocket.Connect(Target, stream: false));
        }
        catch (LinuxException)
        {
            // As when the container is not there: the datagram is lost.
            _resources.Waiting--;
            return null;
        }
    }

    void End(Session session)
    {
        if (!_sessions.Remove(session.Peer))
            return;
        _resources.Waiting--;
        session.Dispose();
    }

    sealed class Session : IReadinessHandler, IDisposable
    {
        readonly DatagramPort _port;
        readonly SafeFileHandle _container;
        readonly Watch _watch;

        public Session(DatagramPort port, DatagramPeer peer, SafeFileHandle container)
        {
            (_port, Peer, _container) = (port, peer, container);
            _watch = port._loop.Add(container, Readiness.In, this);
        }

        public DatagramPeer Peer { get; }

        public long LastUse { get; private set; } = Environment.TickCount64;

        public void Send(ReadOnlySpan<byte> datagram)
        {
            LastUse = Environment.TickCount64;
            // A refusal (ICMP) of an earlier one is told here; a datagram has no one to tell it to.
            if (Pipe.Write(_container, datagram).Errno == Errno.ECONNREFUSED)
                Pipe.Write(_container, datagram);
        }

        public void OnReady(Readiness events)
        {
            for (var i = 0; i < AtOnce; i++)
            {
                var received = Pipe.Read(_container, _port._resources.Buffer);
                if (received.Errno != 0)
                    return;
                LastUse = Environment.TickCount64;
                InternetSocket.Send(_port._socket, _port._resources.Buffer.AsSpan(0, received.Count), Peer);
            }
        }

        public void Dispose()
        {
            _watch.End();
            _container.Dispose();
        }
    }
}
