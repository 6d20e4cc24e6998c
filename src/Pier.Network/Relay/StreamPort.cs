using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;

namespace Pier.Network.Relay;

/// <summary>A TCP port: every connection gets one of its own to the container.</summary>
sealed class StreamPort : RelayPort, IReadinessHandler
{
    const int AcceptAtOnce = 32;

    readonly EventLoop _loop;
    readonly SafeFileHandle _listener;
    readonly RelayResources _resources;
    readonly Watch _watch;
    readonly HashSet<StreamRelay> _connections = [];
    bool _paused;

    public StreamPort(EventLoop loop, SafeFileHandle listener, RelayResources resources)
    {
        (_loop, _listener, _resources) = (loop, listener, resources);
        Descriptor.SetNonBlocking(listener);
        _watch = loop.Add(listener, Readiness.In, this);
    }

    public void OnReady(Readiness events)
    {
        for (var i = 0; i < AcceptAtOnce; i++)
        {
            if (UnixSocket.TryAccept(_listener) is not { } client)
            {
                // Ready, and nothing accepted: no descriptors are left. The backlog waits; asking on would keep a core busy.
                if (i == 0)
                    Pause();
                return;
            }

            try
            {
                _connections.Add(
                    new StreamRelay(_loop, _resources, client, InternetSocket.Connect(Target, stream: true), c => _connections.Remove(c))
                );
            }
            catch (LinuxException)
            {
                // Nobody there, or no descriptors: the client learns it as it would from the container.
                InternetSocket.ResetOnClose(client);
                client.Dispose();
            }
        }
    }

    public override void Tick(long now)
    {
        if (!_paused)
            return;
        _paused = false;
        _resources.Waiting--;
        _watch.Events = Readiness.In;
    }

    public override void Dispose()
    {
        if (_paused)
            _resources.Waiting--;
        _watch.End();
        _listener.Dispose();
        foreach (var connection in _connections.ToList())
            connection.Close();
    }

    void Pause()
    {
        if (_paused)
            return;
        _paused = true;
        _resources.Waiting++;
        _watch.Events = Readiness.None;
    }
}
