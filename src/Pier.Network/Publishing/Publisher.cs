using System.Net;
using System.Net.Sockets;
using Pier.Model;
using Pier.Network.Endpoints;
using Pier.Network.Firewall;
using Pier.Network.Relay;

namespace Pier.Network.Publishing;

/// <summary>
/// Opens and closes the published ports of containers: a reservation on the host and an element of the firewall's maps each. The relay
/// passes on what the kernel cannot translate: IPv6 to a container that has IPv4 alone, and ::1.
/// </summary>
sealed class Publisher(PortReservations reservations, FirewallTable? firewall, PortRelay? relay, Func<string, NetworkSpec?> networks)
{
    /// <summary>
    /// Opens a container's ports on the network that it leaves through; none without such a network (Docker says nothing either).
    /// </summary>
    public IReadOnlyList<PublishedPort> Publish(SandboxSpec spec, SandboxRecord sandbox)
    {
        var (v4, v6) = (sandbox.Way(ipv6: false), sandbox.Way(ipv6: true));
        var bridges = ((EndpointRecord?[])[v4, v6]).Any(e => e is not null && networks(e.NetworkId)?.Driver == NetworkDriver.Bridge);
        if (spec.Ports.Count == 0 || !bridges)
            return [];
        var where = $"driver failed programming external connectivity on endpoint {spec.ContainerName} ({(v4 ?? v6)!.EndpointId})";
        if (firewall is null)
            throw new UnsupportedException($"{where}: ports cannot be published with --iptables=false");
        foreach (var mapping in spec.Ports)
            PortMappingRules.Check(
                mapping,
                v4 is not null,
                v6 is not null || (relay is not null && mapping.Protocol != TransportProtocol.Sctp)
            );
        IReadOnlyList<PublishedPort> ports;
        try
        {
            ports = reservations.Reserve(spec.Ports, p => Standard(p, v4, v6));
        }
        catch (HostFailureException e)
        {
            throw new HostFailureException($"{where}: {e.Message}", e);
        }

        try
        {
            firewall.Publish(Target(sandbox), ports);
            relay?.Open(Relayed(sandbox, ports));
            return ports;
        }
        catch
        {
            reservations.Release(ports);
            throw;
        }
    }

    /// <summary>Takes over ports that are open already.</summary>
    public void Adopt(SandboxRecord sandbox)
    {
        reservations.Adopt(sandbox.Ports);
        firewall?.Expect(Target(sandbox), sandbox.Ports);
        relay?.Expect(Relayed(sandbox, sandbox.Ports));
    }

    /// <summary>Closes all.</summary>
    public void Release(SandboxRecord sandbox)
    {
        if (sandbox.Ports.Count == 0)
            return;
        firewall?.Unpublish(Target(sandbox), sandbox.Ports);
        relay?.Close(sandbox.Ports);
        reservations.Release(sandbox.Ports);
    }

    /// <summary>Leads open ports to where the container is reached now.</summary>
    public void Move(SandboxRecord before, SandboxRecord after)
    {
        if (before.Ports.Count == 0 || (before.Way(false) == after.Way(false) && before.Way(true) == after.Way(true)))
            return;
        firewall?.Unpublish(Target(before), before.Ports);
        firewall?.Publish(Target(after), after.Ports);
        if (relay is null)
            return;
        var relayed = Relayed(after, after.Ports);
        relay.Close(after.Ports.Except(relayed.Select(r => r.Port)));
        relay.Open(relayed);
    }

    /// <summary>The container's address that a host address's traffic goes to: the one of the same family.</summary>
    static Func<PublishedPort, IPAddress?> Target(SandboxRecord sandbox) =>
        port =>
            port.HostAddress.AddressFamily == AddressFamily.InterNetworkV6
                ? sandbox.Way(ipv6: true)?.Address6?.Address
                : sandbox.Way(ipv6: false)?.Address?.Address;

    /// <summary>What the relay does for a container.</summary>
    static List<(PublishedPort Port, IPEndPoint Target)> Relayed(SandboxRecord sandbox, IEnumerable<PublishedPort> ports)
    {
        var (v4, v6) = (sandbox.Way(ipv6: false)?.Address?.Address, sandbox.Way(ipv6: true)?.Address6?.Address);
        List<(PublishedPort, IPEndPoint)> relayed = [];
        foreach (var port in ports)
        {
            var address = port.HostAddress;
            if (address.AddressFamily != AddressFamily.InterNetworkV6 || port.Protocol == TransportProtocol.Sctp)
                continue;
            // With an address of both families only ::1 is left to the relay: the kernel translates the others.
            var byLoopback = address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6Loopback);
            if (
                (
                    v6 is null ? v4
                    : byLoopback ? v6
                    : null
                ) is
                { } target
            )
                relayed.Add((port, new IPEndPoint(target, port.ContainerPort)));
        }

        return relayed;
    }

    List<IPAddress> Standard(PortMapping mapping, EndpointRecord? v4, EndpointRecord? v6)
    {
        if ((v4 is null ? null : networks(v4.NetworkId)?.PublishAddress) is { } one && !one.Equals(IPAddress.Any))
            return [one];
        List<IPAddress> all = [];
        if (v4 is not null)
            all.Add(IPAddress.Any);
        var reachable = v6 is not null || (relay is not null && mapping.Protocol != TransportProtocol.Sctp && HostHasIpv6());
        if (reachable && Socket.OSSupportsIPv6)
            all.Add(IPAddress.IPv6Any);
        return all;
    }

    /// <summary>Read where reservations are made: on the worker's thread.</summary>
    static bool HostHasIpv6() => NetworkSettings.Read("ipv6/conf/lo/disable_ipv6") == "0";
}
