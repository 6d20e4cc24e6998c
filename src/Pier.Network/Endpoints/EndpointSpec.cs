using System.Net;
using Pier.Network.Addressing;
using Pier.Network.Publishing;

namespace Pier.Network.Endpoints;

/// <summary>Asked: how a container wants to be attached.</summary>
public sealed record EndpointSpec(string ContainerId, NetworkMode Mode)
{
    /// <summary>The container's name, for error texts.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>An address of the bridge's subnet (--ip), or null for the next free one.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>--mac-address, or null for the one that belongs to the IP address.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>A new network namespace to use instead of one of the service's own (it belongs to a user namespace); stays the caller's.</summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? Namespace { get; init; }

    /// <summary>Ports to publish (bridge only; the other modes ignore them, as Docker does).</summary>
    public IReadOnlyList<PortMapping> Ports { get; init; } = [];
}
