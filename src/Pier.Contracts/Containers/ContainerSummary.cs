using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Contracts;

/// <summary>A row of GET /containers/json. Created in seconds of the Unix epoch.</summary>
public sealed record ContainerSummary
{
    public string Id { get; init; } = "";
    public IReadOnlyList<string> Names { get; init; } = [];
    public string Image { get; init; } = "";
    public string ImageID { get; init; } = "";
    public string Command { get; init; } = "";
    public long Created { get; init; }
    public IReadOnlyList<PortSummary> Ports { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRw { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRootFs { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public string State { get; init; } = "";
    public string Status { get; init; } = "";
    public HostConfigSummary HostConfig { get; init; } = new();
    public NetworkSettingsSummary NetworkSettings { get; init; } = new();
    public IReadOnlyList<MountPoint> Mounts { get; init; } = [];
}

/// <summary>An exposed or published port; the published half is left out where there is none.</summary>
public sealed record PortSummary
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IP { get; init; }

    public ushort PrivatePort { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ushort? PublicPort { get; init; }

    public string Type { get; init; } = "tcp";
}

/// <summary>What a list shows of the host configuration.</summary>
public sealed record HostConfigSummary
{
    public string NetworkMode { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>What a list shows of the networks.</summary>
public sealed record NetworkSettingsSummary
{
    public IReadOnlyDictionary<string, EndpointSettings> Networks { get; init; } = new Dictionary<string, EndpointSettings>();
}
