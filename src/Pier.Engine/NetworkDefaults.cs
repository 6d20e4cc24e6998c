namespace Pier.Engine;

/// <summary>What holds for networks that say nothing else, and what the host is used for (dockerd's flags).</summary>
public sealed record NetworkDefaults
{
    /// <summary>IPv6 on the default bridge, from a subnet of its own or <see cref="BridgeSubnet6"/> (CIDR).</summary>
    public bool Ipv6 { get; init; }

    public string? BridgeSubnet6 { get; init; }

    /// <summary>Containers of the default bridge may talk to each other.</summary>
    public bool InterContainer { get; init; } = true;

    /// <summary>Switch the host's forwarding on.</summary>
    public bool IpForward { get; init; } = true;

    public bool IpMasquerade { get; init; } = true;

    /// <summary>Write firewall rules at all.</summary>
    public bool Firewall { get; init; } = true;

    /// <summary>
    /// Published ports are reachable by ::1, and by IPv6 where the container has IPv4 alone, through a process (dockerd's
    /// --userland-proxy).
    /// </summary>
    public bool Relay { get; init; } = true;

    /// <summary>Bytes of a packet.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The host address for published ports that name none; null for all.</summary>
    public string? PublishAddress { get; init; }

    /// <summary>What "host-gateway" stands for; null for the default bridge's address.</summary>
    public string? HostGateway { get; init; }

    /// <summary>Where networks get their subnets: "base=CIDR,size=PREFIX"; empty for Docker's.</summary>
    public IReadOnlyList<string> AddressPools { get; init; } = [];
}
