using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>GET /networks/{id}, and a row of GET /networks.</summary>
public sealed record NetworkResource
{
    public string Name { get; init; } = "";
    public string Id { get; init; } = "";
    public string Created { get; init; } = Timestamps.Zero;
    public string Scope { get; init; } = "local";
    public string Driver { get; init; } = "";
    public bool EnableIPv4 { get; init; } = true;
    public bool EnableIPv6 { get; init; }
    public Ipam IPAM { get; init; } = new();
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public ConfigReference ConfigFrom { get; init; } = new("");
    public bool ConfigOnly { get; init; }
    public IReadOnlyDictionary<string, NetworkEndpoint> Containers { get; init; } = new Dictionary<string, NetworkEndpoint>();
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>The network whose configuration this one takes.</summary>
public sealed record ConfigReference(string Network);

/// <summary>Address management: driver and ranges.</summary>
public sealed record Ipam
{
    public string Driver { get; init; } = "default";
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyList<IpamRange>? Config { get; init; }
}

/// <summary>One range as CIDR and its gateway.</summary>
public sealed record IpamRange
{
    public string Subnet { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPRange { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gateway { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? AuxiliaryAddresses { get; init; }
}

/// <summary>A container in a network.</summary>
public sealed record NetworkEndpoint
{
    public string Name { get; init; } = "";
    public string EndpointID { get; init; } = "";
    public string MacAddress { get; init; } = "";
    public string IPv4Address { get; init; } = "";
    public string IPv6Address { get; init; } = "";
}
