using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;

namespace Pier.Network.Relay;

/// <summary>
/// A client's connection and the one to the container, joined. An end of one direction is passed on, and the other goes on.
/// </summary>
sealed class StreamRelay : IReadinessHandler
{
    readonly SafeFileHandle _client,
        _server;
    readonly Watch _clientWatch,
        _serverWatch;
    readonly StreamDirection _up,
        _down;
    readonly Action<StreamRelay> _closed;
    bool _connected,
        _isClosed;

    /// <param name="loop">Its loop.</param>
    /// <param name="resources">Shared.</param>
    /// <param name="client">Accepted; is taken over.</param>
    /// <param name="server">About to be connected; is taken over.</param>
    /// <param name="closed">Told once.</param>
    public StreamRelay(EventLoop loop, RelayResources resources, SafeFileHandle client, SafeFileHandle server, Action<StreamRelay> closed)
    {
        (_client, _server, _closed) = (client, server, closed);
        (_up, _down) = (new StreamDirection(client, server, resources), new StreamDirection(server, client, resources));
        InternetSocket.PrepareStream(client);
        InternetSocket.PrepareStream(server);
        _clientWatch = loop.Add(client, Readiness.None, this);
        _serverWatch = loop.Add(server, Readiness.Out, this);
    }

    public void OnReady(Readiness events)
    {
        if (!_connected)
        {
            if (InternetSocket.TakeError(_server) != 0)
            {
                Close();
                return;
            }

            _connected = true;
        }

        try
        {
            if (!_up.Move() || !_down.Move() || (_up.HasEnded && _down.HasEnded))
                Close();
            else
                Wait();
        }
        catch (LinuxException)
        {
            // No descriptors for a pipe.
            Close();
        }
    }

    /// <summary>Ends both; by a reset unless both have ended in order.</summary>
    public void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        foreach (var socket in (SafeFileHandle[])[_client, _server])
            if (!_up.HasEnded || !_down.HasEnded)
                InternetSocket.ResetOnClose(socket);
        _clientWatch.End();
        _serverWatch.End();
        _up.Dispose();
        _down.Dispose();
        _client.Dispose();
        _server.Dispose();
        _closed(this);
    }

    void Wait()
    {
        _clientWatch.Events = _up.ReadsFrom | _down.WritesTo;
        _serverWatch.Events = _down.ReadsFrom | _up.WritesTo;
    }
}
