using System.Net;
using Pier.Network.Addressing;
using Pier.Network.Publishing;

namespace Pier.Network.Endpoints;

/// <summary>Asked: how a container wants to be attached to one network.</summary>
public sealed record EndpointSpec(string NetworkId)
{
    /// <summary>An address of the network's subnet (--ip), or null for the next free one.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>As <see cref="Address"/>, IPv6 (--ip6).</summary>
    public IPAddress? Address6 { get; init; }

    /// <summary>--mac-address, or null for the one that belongs to the IP address.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>Names that others of the network find it by; the first is the one that its addresses lead back to.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Names that this container alone has for others: alias to name.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>The network with the highest one gives the default route.</summary>
    public int GatewayPriority { get; init; }

    /// <summary>The device's name in the container, or null for the next free eth name.</summary>
    public string? Device { get; init; }

    /// <summary>Settings of the device.</summary>
    public IReadOnlyList<DeviceSetting> Settings { get; init; } = [];

    /// <summary>Further addresses of the device, which nobody hands out (--link-local-ip).</summary>
    public IReadOnlyList<InterfaceAddress> LinkLocal { get; init; } = [];
}

/// <summary>net.FAMILY.GROUP.device.KEY=VALUE: the device's name is known when it is made.</summary>
public sealed record DeviceSetting(string Family, string Group, string Key, string Value);

/// <summary>Asked: a container's namespace and what it is connected to when it starts.</summary>
public sealed record SandboxSpec(string ContainerId, NetworkMode Mode)
{
    /// <summary>The container's name, for error texts.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>
    /// A new network namespace to use instead of one of the stack's own (it belongs to a user namespace); stays the caller's.
    /// </summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? Namespace { get; init; }

    /// <summary>The networks; empty for the modes without one.</summary>
    public IReadOnlyList<EndpointSpec> Endpoints { get; init; } = [];

    /// <summary>Ports to publish; a container without a way out ignores them, as Docker does.</summary>
    public IReadOnlyList<PortMapping> Ports { get; init; } = [];

    /// <summary>DNS servers that names of others are asked from.</summary>
    public Dns.Upstreams Upstreams { get; init; } = Dns.Upstreams.None;
}
