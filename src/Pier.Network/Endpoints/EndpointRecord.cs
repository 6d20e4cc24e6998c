using System.Net;
using Pier.Network.Addressing;
using Pier.Network.Publishing;

namespace Pier.Network.Endpoints;

/// <summary>Stored: a container's place in one network.</summary>
public sealed record EndpointRecord(string NetworkId, string NetworkName)
{
    /// <summary>64 hex digits.</summary>
    public string EndpointId { get; init; } = "";

    public InterfaceAddress? Address { get; init; }

    public InterfaceAddress? Address6 { get; init; }

    /// <summary>Null in a network without a way out.</summary>
    public IPAddress? Gateway { get; init; }

    public IPAddress? Gateway6 { get; init; }

    public MacAddress? Mac { get; init; }

    /// <summary>Name of the host's end of the veth pair; null where there is none.</summary>
    public string? HostDevice { get; init; }

    /// <summary>The device's name in the container.</summary>
    public string Device { get; init; } = "";

    public int GatewayPriority { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();
}

/// <summary>Stored: what a container got. Enough for a restarted daemon to take it over (<see cref="NetworkStack.Adopt"/>).</summary>
public sealed record SandboxRecord(string ContainerId, NetworkMode Mode)
{
    /// <summary>64 hex digits: the namespace (Docker's SandboxID).</summary>
    public string SandboxId { get; init; } = "";

    /// <summary>The full id of the container whose namespace is shared, in container mode.</summary>
    public string? SharedWith { get; init; }

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<EndpointRecord> Endpoints { get; init; } = [];

    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    public Dns.Upstreams Upstreams { get; init; } = Dns.Upstreams.None;

    /// <summary>
    /// The endpoint that a family's default route goes through: highest priority, then the first by name; null without a way out.
    /// </summary>
    public EndpointRecord? Way(bool ipv6) =>
        Endpoints
            .Where(e => (ipv6 ? e.Gateway6 : e.Gateway) is not null)
            .OrderByDescending(e => e.GatewayPriority)
            .ThenBy(e => e.NetworkName, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The endpoint in a network, or null.</summary>
    public EndpointRecord? In(string networkId) => Endpoints.FirstOrDefault(e => e.NetworkId == networkId);
}
