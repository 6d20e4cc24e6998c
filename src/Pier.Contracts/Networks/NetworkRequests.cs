using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Contracts;

/// <summary>POST /networks/create.</summary>
public sealed record NetworkCreateRequest
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";
    public bool CheckDuplicate { get; init; }
    public string Driver
    {
        get;
        init => field = value ?? "";
    } = "";
    public string? Scope { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EnableIPv4 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EnableIPv6 { get; init; }

    public Ipam? IPAM { get; init; }
    public bool Internal { get; init; }
    public bool Attachable { get; init; }
    public bool Ingress { get; init; }
    public bool ConfigOnly { get; init; }
    public ConfigReference? ConfigFrom { get; init; }
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>The answer to POST /networks/create.</summary>
public sealed record NetworkCreateResponse(string Id, string Warning);

/// <summary>POST /networks/{id}/connect.</summary>
public sealed record NetworkConnectRequest
{
    public string Container
    {
        get;
        init => field = value ?? "";
    } = "";
    public EndpointSettings? EndpointConfig { get; init; }
}

/// <summary>POST /networks/{id}/disconnect.</summary>
public sealed record NetworkDisconnectRequest
{
    public string Container
    {
        get;
        init => field = value ?? "";
    } = "";
    public bool Force { get; init; }
}

/// <summary>The answer to POST /networks/prune.</summary>
public sealed record NetworksPruneResponse(IReadOnlyList<string>? NetworksDeleted);
