using System.Net;
using System.Net.Sockets;
using Pier.Model;
using Pier.Network.Endpoints;

namespace Pier.Network.Publishing;

/// <summary>
/// Host ports that containers hold. A held port is bound by a socket that the daemon never reads, so that a process of the host gets
/// "address already in use" in place of silence; packets for it are rewritten before they would reach the socket, or the relay reads it.
/// Thread-safe.
/// </summary>
sealed class PortReservations(NamespaceWorker worker) : IDisposable
{
    const int Attempts = 64,
        Backlog = 4096;

    readonly Lock _gate = new();
    readonly Dictionary<PublishedPort, Socket?> _held = [];

    /// <summary>Held ports by what has to differ in any case: a range of a thousand ports is not compared with itself.</summary>
    readonly Dictionary<(TransportProtocol Protocol, AddressFamily Family, int Number), List<PublishedPort>> _numbers = [];

    /// <summary>Reserves all mappings of a container, or none.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="standard">Addresses for mappings that name none: one of each family that it can be reached by.</param>
    /// <exception cref="HostFailureException">A port is taken (Docker answers 500).</exception>
    public IReadOnlyList<PublishedPort> Reserve(IEnumerable<PortMapping> asked, Func<PortMapping, IReadOnlyList<IPAddress>> standard)
    {
        // One visit of the daemon's namespace for all of them.
        return worker.Run(() =>
        {
            List<PublishedPort> reserved = [];
            lock (_gate)
            {
                try
                {
                    foreach (var mapping in asked)
                        reserved.AddRange(Reserve(mapping, mapping.HostAddress is { } one ? [one] : standard(mapping)));
                    return reserved;
                }
                catch
                {
                    Release(reserved);
                    throw;
                }
            }
        });
    }

    /// <summary>The socket of a held port, bound now when it could not be before; null while it cannot be.</summary>
    public Socket? SocketOf(PublishedPort port)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(port, out var socket) || socket is not null)
                return socket;
        }

        return worker.Run(() =>
        {
            lock (_gate)
            {
                if (_held.TryGetValue(port, out var socket) && socket is null)
                    _held[port] = socket = Bind(port, out _);
                return socket;
            }
        });
    }

    /// <summary>
    /// Takes over ports of a running container; one that a process of the host has bound meanwhile stays published without a socket.
    /// </summary>
    public void Adopt(IReadOnlyCollection<PublishedPort> ports)
    {
        if (ports.Count == 0)
            return;
        worker.Run(() =>
        {
            lock (_gate)
            {
                foreach (var port in ports)
                    Hold(port, Bind(port, out _));
            }

            return true;
        });
    }

    public void Release(IEnumerable<PublishedPort> ports)
    {
        lock (_gate)
        {
            foreach (var port in ports)
            {
                if (!_held.Remove(port, out var socket))
                    continue;
                socket?.Dispose();
                var same = _numbers[Number(port)];
                same.Remove(port);
                if (same.Count == 0)
                    _numbers.Remove(Number(port));
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var socket in _held.Values)
                socket?.Dispose();
            _held.Clear();
            _numbers.Clear();
        }
    }

    List<PublishedPort> Reserve(PortMapping mapping, IReadOnlyList<IPAddress> addresses)
    {
        if (mapping.HostPort == 0)
            return ReserveAny(mapping, addresses);
        HostFailureException? failure = null;
        for (var number = mapping.HostPort; number <= Math.Max(mapping.HostPort, mapping.HostPortEnd); number++)
            if (TryHold(mapping, addresses, number, out failure) is { } held)
                return held;
        throw failure!;
    }

    List<PublishedPort> ReserveAny(PortMapping mapping, IReadOnlyList<IPAddress> addresses)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // Port 0: the kernel chooses one of net.ipv4.ip_local_port_range.
            var free = new PublishedPort(
                mapping.Protocol == TransportProtocol.Udp ? TransportProtocol.Udp : TransportProtocol.Tcp,
                mapping.ContainerPort,
                addresses[0],
                0
            );
            using (var socket = Bind(free, out var error))
            {
                if (socket?.LocalEndPoint is not IPEndPoint bound)
                    throw Failure(free, error);
                free = free with { HostPort = bound.Port };
            }

            if (TryHold(mapping, addresses, free.HostPort, out _) is { } held)
                return held;
        }

        throw new HostFailureException("all ports are allocated");
    }

    /// <summary>One number on all addresses, or null with the reason.</summary>
    List<PublishedPort>? TryHold(PortMapping mapping, IReadOnlyList<IPAddress> addresses, int number, out HostFailureException? failure)
    {
        failure = null;
        List<PublishedPort> held = [];
        foreach (var address in addresses)
        {
            var port = new PublishedPort(mapping.Protocol, mapping.ContainerPort, address, number);
            if (TryHold(port, out failure))
            {
                held.Add(port);
                continue;
            }

            Release(held);
            return null;
        }

        return held;
    }

    bool TryHold(PublishedPort port, out HostFailureException? failure)
    {
        failure = null;
        if (IsHeld(port))
        {
            failure = new HostFailureException($"Bind for {Shown(port)} failed: port is already allocated");
            return false;
        }

        var socket = Bind(port, out var error);
        if (socket is null && error != SocketError.Success)
        {
            failure = Failure(port, error);
            return false;
        }

        Hold(port, socket);
        return true;
    }

    void Hold(PublishedPort port, Socket? socket)
    {
        _held[port] = socket;
        if (!_numbers.TryGetValue(Number(port), out var same))
            _numbers[Number(port)] = same = [];
        same.Add(port);
    }

    static (TransportProtocol, AddressFamily, int) Number(PublishedPort port) =>
        (port.Protocol, port.HostAddress.AddressFamily, port.HostPort);

    HostFailureException Failure(PublishedPort port, SocketError error) =>
        new(
            $"failed to bind host port {Shown(port)}: "
                + error switch
                {
                    SocketError.AddressAlreadyInUse => "address already in use"
                        + (PortHolder.Find(port) is { } holder ? $" by {holder}" : ""),
                    SocketError.AddressNotAvailable => "cannot assign requested address",
                    _ => error.ToString(),
                }
        );

    static string Shown(PublishedPort port) => new IPEndPoint(port.HostAddress, port.HostPort).ToString();

    bool IsHeld(PublishedPort port) =>
        _numbers.TryGetValue(Number(port), out var same)
        && same.Exists(held => held.HostAddress.Equals(port.HostAddress) || IsAny(held.HostAddress) || IsAny(port.HostAddress));

    static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Binds, on the worker's thread; null with an error, or null with Success where there is no socket to bind (SCTP).</summary>
    static Socket? Bind(PublishedPort port, out SocketError error)
    {
        error = SocketError.Success;
        if (port.Protocol == TransportProtocol.Sctp)
            return null;
        var tcp = port.Protocol == TransportProtocol.Tcp;
        Socket? made = null;
        try
        {
            made = new Socket(
                port.HostAddress.AddressFamily,
                tcp ? SocketType.Stream : SocketType.Dgram,
                tcp ? ProtocolType.Tcp : ProtocolType.Udp
            );
            if (port.HostAddress.AddressFamily == AddressFamily.InterNetworkV6)
                made.DualMode = false;
            made.Bind(new IPEndPoint(port.HostAddress, port.HostPort));
            // The relay may come a little later than a client.
            if (tcp)
                made.Listen(Backlog);
            return made;
        }
        catch (SocketException e)
        {
            made?.Dispose();
            error = e.SocketErrorCode;
            return null;
        }
    }
}
