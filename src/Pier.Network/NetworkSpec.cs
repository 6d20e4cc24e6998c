using System.Net;
using Pier.Network.Addressing;

namespace Pier.Network;

/// <summary>Who makes a network on the host.</summary>
public enum NetworkDriver
{
    /// <summary>A bridge device of the host, with translation to the outside.</summary>
    Bridge,

    /// <summary>Devices with addresses of their own on a device of the host, beside it in its network.</summary>
    Macvlan,

    /// <summary>Devices that share the hardware address of a device of the host.</summary>
    Ipvlan,

    /// <summary>The daemon's own namespace.</summary>
    Host,

    /// <summary>Nothing but loopback.</summary>
    Null,
}

/// <summary>A network as it is made on the host; stored by the caller, and given back after a restart.</summary>
/// <param name="Id">64 hex digits.</param>
/// <param name="Name">The user's name of it.</param>
/// <param name="Driver">Who makes it.</param>
public sealed record NetworkSpec(string Id, string Name, NetworkDriver Driver)
{
    /// <summary>No way out, and none in.</summary>
    public bool Internal { get; init; }

    public AddressRange? Ipv4 { get; init; }

    public AddressRange? Ipv6 { get; init; }

    /// <summary>The bridge device; empty makes one from the id.</summary>
    public string Device { get; init; } = "";

    /// <summary>Containers may talk to each other (enable_icc).</summary>
    public bool InterContainer { get; init; } = true;

    /// <summary>What leaves gets the host's address (enable_ip_masquerade).</summary>
    public bool Masquerade { get; init; } = true;

    /// <summary>Bytes of a packet.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Host address for ports that name none (host_binding_ipv4); null takes all, of both families.</summary>
    public IPAddress? PublishAddress { get; init; }

    /// <summary>
    /// The host's device under a macvlan or ipvlan ("eth0", or "eth0.20" for a VLAN); empty makes one that leads nowhere.
    /// </summary>
    public string Parent { get; init; } = "";

    /// <summary>The bridge or the parent was made for this network, and goes with it.</summary>
    public bool OwnsDevice { get; init; }

    /// <summary>macvlan_mode or ipvlan_mode; empty means bridge and l2.</summary>
    public string ParentMode { get; init; } = "";

    /// <summary>The network that containers join when they name none; it has no DNS, and its device is never deleted.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The ranges that it has.</summary>
    public IEnumerable<AddressRange> Ranges => ((AddressRange?[])[Ipv4, Ipv6]).OfType<AddressRange>();
}
