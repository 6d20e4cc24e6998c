using System.Net;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Sockets;
using Pier.Network.Endpoints;
using Pier.Network.Publishing;

namespace Pier.Network.Relay;

/// <summary>
/// The daemon's side of the relay, a process that outlives it. Listening sockets exist before the relay does, so that nothing waits for its
/// start: what connects meanwhile is served when it is there. A relay that died is replaced. Thread-safe.
/// </summary>
/// <param name="directory">Where its socket is.</param>
/// <param name="command">Argument vector of the relay.</param>
/// <param name="worker">Starts it in the daemon's network namespace.</param>
/// <param name="sockets">A host port's socket; null when the daemon could not bind it (the relay of the daemon before has it).</param>
/// <param name="log">For what goes wrong.</param>
sealed class PortRelay(
    string directory,
    IReadOnlyList<string> command,
    NamespaceWorker worker,
    Func<PublishedPort, System.Net.Sockets.Socket?> sockets,
    Action<string> log
) : IDisposable
{
    const int Backlog = 4;

    /// <summary>An idle relay ends after this time, so that a container that comes back soon finds it.</summary>
    static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5),
        RestartDelay = TimeSpan.FromMilliseconds(100);

    readonly object _gate = new();
    readonly Dictionary<PublishedPort, IPEndPoint> _ports = [];
    readonly string _path = Path.Combine(directory, "relay.sock");
    SafeFileHandle? _connection;
    Timer? _end;
    int _asked,
        _answered;
    bool _starting,
        _disposed;

    /// <summary>Opens ports, or gives open ones another target.</summary>
    public void Open(IReadOnlyCollection<(PublishedPort Port, IPEndPoint Target)> ports)
    {
        if (ports.Count == 0)
            return;
        lock (_gate)
        {
            foreach (var (port, target) in ports)
                _ports[port] = target;
            if (_connection is not null)
                Send(ports);
            else
                Start(TimeSpan.Zero);
        }
    }

    /// <summary>Closes ports and their connections. The host ports are free when it returns, but for the caller's own sockets.</summary>
    public void Close(IEnumerable<PublishedPort> ports)
    {
        lock (_gate)
        {
            var known = ports.Where(_ports.Remove).ToList();
            if (known.Count == 0)
                return;
            foreach (var part in known.Chunk(RelayWire.Batch))
                Send(RelayWire.WriteClose(part), []);
            Await();
            if (_ports.Count == 0)
                (_end ??= new Timer(_ => EndIdle())).Change(Linger, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ports that are open since before the daemon's start.</summary>
    public void Expect(IEnumerable<(PublishedPort Port, IPEndPoint Target)> ports)
    {
        lock (_gate)
        {
            foreach (var (port, target) in ports)
                _ports[port] = target;
        }
    }

    /// <summary>
    /// After the last <see cref="Expect"/>: the relay of the daemon before goes on with what is expected, and with nothing else.
    /// </summary>
    public void Reconcile()
    {
        lock (_gate)
        {
            if (TryConnect() is { } running)
            {
                Use(running);
                Send([.. _ports.Select(p => (p.Key, p.Value))]);
                Send([RelayWire.Sweep], []);
                Await();
                if (_ports.Count == 0)
                    (_end ??= new Timer(_ => EndIdle())).Change(Linger, Timeout.InfiniteTimeSpan);
            }
            else if (_ports.Count > 0)
            {
                Start(TimeSpan.Zero);
            }
        }
    }

    /// <summary>Lets go of the relay; it goes on with its ports.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _end?.Dispose();
            if (_connection is { } connection)
                UnixSocket.Shutdown(connection);
            _connection = null;
        }
    }

    void EndIdle()
    {
        lock (_gate)
        {
            if (_ports.Count > 0 || _connection is not { } idle)
                return;
            // It ends when there are neither ports nor a daemon.
            _connection = null;
            UnixSocket.Shutdown(idle);
        }
    }

    /// <summary>In the background. Held under the gate.</summary>
    void Start(TimeSpan delay)
    {
        if (_starting || _disposed)
            return;
        _starting = true;
        _ = Task.Run(async () =>
        {
            await Task.Delay(delay).ConfigureAwait(false);
            lock (_gate)
            {
                _starting = false;
                if (_disposed || _connection is not null || _ports.Count == 0)
                    return;
                try
                {
                    Use(TryConnect() ?? Launch());
                    Send([.. _ports.Select(p => (p.Key, p.Value))]);
                }
                catch (LinuxException e)
                {
                    log($"published ports are not reachable by IPv6: cannot start the relay: {e.Message}");
                    Start(Patience);
                }
            }
        });
    }

    /// <summary>The listening socket goes along as standard input: it can be connected to at once.</summary>
    SafeFileHandle Launch()
    {
        Directory.CreateDirectory(directory);
        PlainFile.Remove(_path);
        using var listener = UnixSocket.Listen(SocketKind.SequencedPackets, _path, Backlog);
        var connection = UnixSocket.Connect(SocketKind.SequencedPackets, _path);
        try
        {
            worker.Run(() =>
            {
                DetachedProgram.Start(command, listener, Path.Combine(directory, "relay.log"));
                return true;
            });
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    SafeFileHandle? TryConnect()
    {
        try
        {
            return UnixSocket.Connect(SocketKind.SequencedPackets, _path);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ECONNREFUSED)
        {
            return null;
        }
    }

    void Use(SafeFileHandle connection)
    {
        _connection = connection;
        (_asked, _answered) = (0, 0);
        new Thread(() => Listen(connection), 128 << 10) { IsBackground = true, Name = "relay" }.Start();
    }

    /// <summary>Counts answers until the relay is gone.</summary>
    void Listen(SafeFileHandle connection)
    {
        Span<byte> answer = stackalloc byte[8];
        while (SocketMessage.Receive(connection, answer).Count > 0)
        {
            lock (_gate)
            {
                if (_connection == connection)
                    _answered++;
                Monitor.PulseAll(_gate);
            }
        }

        lock (_gate)
        {
            connection.Dispose();
            if (_connection != connection)
                return;
            _connection = null;
            Monitor.PulseAll(_gate);
            if (_ports.Count == 0)
                return;
            log("the relay of published ports has ended and is started again");
            Start(RestartDelay);
        }
    }

    void Send(IReadOnlyCollection<(PublishedPort Port, IPEndPoint Target)> ports)
    {
        foreach (var part in ports.Select(p => new RelayedPort(p.Port, p.Target, sockets(p.Port))).Chunk(RelayWire.Batch))
        {
            var handles = part.Where(p => p.Socket is not null)
                .Select(p => new SafeFileHandle(p.Socket!.Handle, ownsHandle: false))
                .ToArray();
            Send(RelayWire.WriteOpen(part), handles);
        }
    }

    /// <summary>A relay that is gone is noticed by <see cref="Listen"/>, and the next one is told everything.</summary>
    void Send(byte[] message, SafeFileHandle[] descriptors)
    {
        if (_connection is { } connection && SocketMessage.Send(connection, message, descriptors).Count > 0)
            _asked++;
    }

    /// <summary>Waits for the answers to all that was sent.</summary>
    void Await()
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (_connection is not null && _answered < _asked)
        {
            var left = deadline - Environment.TickCount64;
            if (left > 0 && Monitor.Wait(_gate, (int)left))
                continue;
            log("the relay of published ports does not answer");
            return;
        }
    }
}
