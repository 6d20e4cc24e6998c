using System.Net;
using Pier.Network.Addressing;

namespace Pier.Network;

/// <summary>What the daemon's options say about networks (dockerd's flags of the same names).</summary>
public sealed record NetworkOptions
{
    /// <summary>Default bridge device (--bridge). "none" switches the bridge network off.</summary>
    public string BridgeName { get; init; } = "pier0";

    /// <summary>
    /// Address and prefix of the bridge (--bip), for example 172.17.0.1/16; null takes the first default pool that is free.
    /// </summary>
    public InterfaceAddress? BridgeAddress { get; init; }

    /// <summary>IPv6 subnet of the default bridge (--fixed-cidr-v6), or null for none.</summary>
    public Subnet? BridgeSubnet6 { get; init; }

    /// <summary>Give the default bridge IPv6 (--ipv6).</summary>
    public bool Ipv6 { get; init; }

    /// <summary>Where networks without a subnet get one (--default-address-pool).</summary>
    public IReadOnlyList<SubnetPool> Pools { get; init; } = DefaultPools.Docker;

    /// <summary>MTU of the bridge's endpoints (--mtu), bytes.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Enable net.ipv4.ip_forward (--ip-forward).</summary>
    public bool IpForward { get; init; } = true;

    /// <summary>Masquerade what leaves the bridge (--ip-masq).</summary>
    public bool IpMasquerade { get; init; } = true;

    /// <summary>Containers of the bridge may talk to each other (--icc).</summary>
    public bool InterContainer { get; init; } = true;

    /// <summary>Write firewall rules at all (--iptables).</summary>
    public bool Firewall { get; init; } = true;

    /// <summary>Address that ports are published on when none is asked for (--ip); null means all, of both families.</summary>
    public IPAddress? PublishAddress { get; init; }

    /// <summary>Address that "host-gateway" stands for (--host-gateway-ip); null means the bridge's own.</summary>
    public IPAddress? HostGateway { get; init; }

    /// <summary>Network namespaces kept ready for the next containers.</summary>
    public int ReadyNamespaces { get; init; } = 4;

    /// <summary>Makes the ids of the three default networks: the same seed gives the same ids. The daemon's id serves.</summary>
    public string IdSeed { get; init; } = "";

    /// <summary>
    /// The relay of published ports (--userland-proxy); null for none: then only IPv6 containers are reached by IPv6, and none by ::1.
    /// </summary>
    public RelayOptions? Relay { get; init; }

    /// <summary>Told what goes wrong without anybody having asked.</summary>
    public Action<string> Log { get; init; } = _ => { };
}

/// <summary>How the relay is started.</summary>
/// <param name="Directory">Where its socket and its complaints are; one a daemon.</param>
/// <param name="Program">The command that "relay DIRECTORY" is appended to (the path of a pier executable); null for this program.</param>
public sealed record RelayOptions(string Directory, IReadOnlyList<string>? Program);
