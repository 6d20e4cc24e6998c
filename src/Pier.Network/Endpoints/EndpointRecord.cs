using System.Net;
using Pier.Network.Addressing;
using Pier.Network.Publishing;

namespace Pier.Network.Endpoints;

/// <summary>Stored: what a container got. Enough for a restarted daemon to take the endpoint over (<see cref="NetworkService.Adopt"/>).</summary>
public sealed record EndpointRecord(string ContainerId, NetworkMode Mode)
{
    /// <summary>64 hex digits; empty for host and container modes.</summary>
    public string EndpointId { get; init; } = "";

    /// <summary>64 hex digits, the id of the network; empty for container mode.</summary>
    public string NetworkId { get; init; } = "";

    /// <summary>64 hex digits: the namespace (Docker's SandboxID).</summary>
    public string SandboxId { get; init; } = "";

    /// <summary>The full id of the container whose namespace is shared, in container mode.</summary>
    public string? SharedWith { get; init; }

    /// <summary>The container's address and prefix, bridge mode only.</summary>
    public InterfaceAddress? Address { get; init; }

    public IPAddress? Gateway { get; init; }

    public MacAddress? Mac { get; init; }

    /// <summary>Name of the host's end of the veth pair.</summary>
    public string? HostDevice { get; init; }

    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];
}
