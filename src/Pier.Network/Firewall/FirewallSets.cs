using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;
using Pier.Linux.Nftables;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;
using Pier.Network.Publishing;

namespace Pier.Network.Firewall;

/// <summary>An element of one of the table's sets and maps.</summary>
readonly record struct FirewallElement(NftMap Map, byte[] Key, byte[] Value, bool End = false)
{
    /// <summary>Equal for equal elements.</summary>
    public string Text => $"{Map.Name} {Convert.ToHexString(Key)} {Convert.ToHexString(Value)} {End}";
}

/// <summary>
/// The sets and maps of Pier's table. Networks and published ports are elements, so that neither makes a rule: a packet passes the same few
/// rules with two networks and with two hundred.
/// </summary>
static class FirewallSets
{
    /// <summary>Every bridge.</summary>
    public static readonly NftMap Devices = new("bridges", [NftField.InterfaceName]);

    /// <summary>Bridges without a way out.</summary>
    public static readonly NftMap Internal = new("internal", [NftField.InterfaceName]);

    /// <summary>A bridge twice: its containers may talk to each other.</summary>
    public static readonly NftMap Open = new("open", [NftField.InterfaceName, NftField.InterfaceName]);

    /// <summary>Subnets of the bridges, and those of them that leave with the host's address.</summary>
    public static readonly NftMap Subnets = new("subnets", [NftField.Ipv4Address], interval: true);
    public static readonly NftMap Masqueraded = new("masqueraded", [NftField.Ipv4Address], interval: true);
    public static readonly NftMap Subnets6 = new("subnets6", [NftField.Ipv6Address], interval: true);
    public static readonly NftMap Masqueraded6 = new("masqueraded6", [NftField.Ipv6Address], interval: true);

    static readonly NftField[] Target = [NftField.Ipv4Address, NftField.Service],
        Target6 = [NftField.Ipv6Address, NftField.Service];

    /// <summary>Ports published on one host address: protocol . address . port : address . port.</summary>
    public static readonly NftMap ByAddress = new("published", [NftField.Protocol, NftField.Ipv4Address, NftField.Service], Target);
    public static readonly NftMap ByAddress6 = new("published6", [NftField.Protocol, NftField.Ipv6Address, NftField.Service], Target6);

    /// <summary>Ports published on all host addresses: protocol . port : address . port.</summary>
    public static readonly NftMap AnyAddress = new("published_any", [NftField.Protocol, NftField.Service], Target);
    public static readonly NftMap AnyAddress6 = new("published_any6", [NftField.Protocol, NftField.Service], Target6);

    /// <summary>Linked containers that would be kept apart: from . to . protocol . port.</summary>
    public static readonly NftMap Links = new("links", [NftField.Ipv4Address, NftField.Ipv4Address, NftField.Protocol, NftField.Service]);

    public static IReadOnlyList<NftMap> All { get; } =
    [Devices, Internal, Open, Subnets, Masqueraded, Subnets6, Masqueraded6, ByAddress, ByAddress6, AnyAddress, AnyAddress6, Links];

    /// <summary>What a network on a bridge is in the sets.</summary>
    public static IEnumerable<FirewallElement> Of(NetworkSpec network)
    {
        var name = Name(network.Device);
        yield return new FirewallElement(Devices, name, []);
        if (network.InterContainer)
            yield return new FirewallElement(Open, [.. name, .. name], []);
        if (network.Internal)
            yield return new FirewallElement(Internal, name, []);
        foreach (var range in network.Ranges)
        {
            foreach (var element in Range(range.IsIpv6 ? Subnets6 : Subnets, range.Subnet))
                yield return element;
            if (!network.Masquerade || network.Internal)
                continue;
            foreach (var element in Range(range.IsIpv6 ? Masqueraded6 : Masqueraded, range.Subnet))
                yield return element;
        }
    }

    /// <summary>What a published port is in the maps.</summary>
    public static FirewallElement Of(PublishedPort port, IPAddress container)
    {
        byte[] protocol = [(byte)port.Protocol];
        var host = port.HostAddress.GetAddressBytes();
        var v6 = host.Length == 16;
        var any = v6 ? AnyAddress6 : AnyAddress;
        var one = v6 ? ByAddress6 : ByAddress;
        var value = any.PackValue(container.GetAddressBytes(), Port(port.ContainerPort));
        return port.HostAddress.Equals(IPAddress.Any) || port.HostAddress.Equals(IPAddress.IPv6Any)
            ? new FirewallElement(any, any.PackKey(protocol, Port(port.HostPort)), value)
            : new FirewallElement(one, one.PackKey(protocol, host, Port(port.HostPort)), value);
    }

    /// <summary>What a link to a port is in its set.</summary>
    public static FirewallElement Of(LinkedPort link) =>
        new(Links, Links.PackKey(link.From.GetAddressBytes(), link.To.GetAddressBytes(), [(byte)link.Protocol], Port(link.Port)), []);

    static IEnumerable<FirewallElement> Range(NftMap set, Subnet subnet)
    {
        yield return new FirewallElement(set, subnet.Network.GetAddressBytes(), []);
        yield return new FirewallElement(set, subnet.At(BigInteger.One << subnet.HostBits).GetAddressBytes(), [], End: true);
    }

    static byte[] Name(string device)
    {
        var padded = new byte[16];
        Encoding.ASCII.GetBytes(device, padded);
        return padded;
    }

    static byte[] Port(int port)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)port));
        return bytes;
    }
}
