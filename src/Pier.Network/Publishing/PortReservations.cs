using System.Net;
using System.Net.Sockets;
using Pier.Model;
using Pier.Network.Endpoints;

namespace Pier.Network.Publishing;

/// <summary>
/// Host ports that containers hold. A held port is bound by a socket that nobody reads, so that a process of the host gets
/// "address already in use" in place of silence; packets for it are rewritten before they would reach the socket. Not thread-safe.
/// </summary>
sealed class PortReservations(NamespaceWorker worker) : IDisposable
{
    const int Attempts = 64;

    readonly Dictionary<PublishedPort, Socket?> _held = [];

    /// <summary>Reserves all mappings of an endpoint, or none.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="standard">Address for mappings that name none.</param>
    /// <exception cref="HostFailureException">A port is taken (Docker answers 500).</exception>
    public IReadOnlyList<PublishedPort> Reserve(IEnumerable<PortMapping> asked, IPAddress standard)
    {
        List<PublishedPort> reserved = [];
        try
        {
            foreach (var mapping in asked) reserved.Add(Reserve(mapping, mapping.HostAddress ?? standard));
            return reserved;
        }
        catch
        {
            Release(reserved);
            throw;
        }
    }

    /// <summary>Takes over ports of a running container; one that a process of the host has bound meanwhile stays published without a socket.</summary>
    public void Adopt(IEnumerable<PublishedPort> ports)
    {
        foreach (var port in ports) _held[port] = Bind(port, out _);
    }

    public void Release(IEnumerable<PublishedPort> ports)
    {
        foreach (var port in ports)
            if (_held.Remove(port, out var socket)) socket?.Dispose();
    }

    public void Dispose()
    {
        foreach (var socket in _held.Values) socket?.Dispose();
        _held.Clear();
    }

    PublishedPort Reserve(PortMapping mapping, IPAddress address)
    {
        PortMappingRules.Check(mapping, address);
        if (mapping.HostPort == 0) return ReserveAny(mapping, address);
        HostFailureException? failure = null;
        for (var number = mapping.HostPort; number <= Math.Max(mapping.HostPort, mapping.HostPortEnd); number++)
        {
            var port = new PublishedPort(mapping.Protocol, mapping.ContainerPort, address, number);
            if (Hold(port, out failure)) return port;
        }

        throw failure!;
    }

    PublishedPort ReserveAny(PortMapping mapping, IPAddress address)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // Port 0: the kernel chooses one of net.ipv4.ip_local_port_range.
            var socket = Bind(new PublishedPort(mapping.Protocol, mapping.ContainerPort, address, 0), out var error);
            if (socket?.LocalEndPoint is not IPEndPoint bound) throw Failure(address, 0, error);
            var port = new PublishedPort(mapping.Protocol, mapping.ContainerPort, address, bound.Port);
            if (!IsHeld(port))
            {
                _held[port] = socket;
                return port;
            }

            socket.Dispose();
        }

        throw new HostFailureException("all ports are allocated");
    }

    bool Hold(PublishedPort port, out HostFailureException? failure)
    {
        failure = null;
        if (IsHeld(port))
        {
            failure = new HostFailureException($"Bind for {port.HostAddress}:{port.HostPort} failed: port is already allocated");
            return false;
        }

        var socket = Bind(port, out var error);
        if (socket is null && error != SocketError.Success)
        {
            failure = Failure(port.HostAddress, port.HostPort, error);
            return false;
        }

        _held[port] = socket;
        return true;
    }

    static HostFailureException Failure(IPAddress address, int port, SocketError error) => new(
        $"failed to bind host port {address}:{port}: " + error switch
        {
            SocketError.AddressAlreadyInUse => "address already in use",
            SocketError.AddressNotAvailable => "cannot assign requested address",
            _ => error.ToString(),
        });

    bool IsHeld(PublishedPort port) => _held.Keys.Any(held =>
        held.Protocol == port.Protocol && held.HostPort == port.HostPort
        && (held.HostAddress.Equals(port.HostAddress) || held.HostAddress.Equals(IPAddress.Any) || port.HostAddress.Equals(IPAddress.Any)));

    /// <summary>Binds in the daemon's namespace; null with an error, or null with Success where there is no socket to bind (SCTP).</summary>
    Socket? Bind(PublishedPort port, out SocketError error)
    {
        error = SocketError.Success;
        if (port.Protocol == TransportProtocol.Sctp) return null;
        var tcp = port.Protocol == TransportProtocol.Tcp;
        var (socket, result) = worker.Run<(Socket?, SocketError)>(() =>
        {
            Socket? made = null;
            try
            {
                made = new Socket(AddressFamily.InterNetwork, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
                made.Bind(new IPEndPoint(port.HostAddress, port.HostPort));
                if (tcp) made.Listen(1);
                return (made, SocketError.Success);
            }
            catch (SocketException e)
            {
                made?.Dispose();
                return (null, e.SocketErrorCode);
            }
        });
        error = result;
        return socket;
    }
}
