using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>A volume.</summary>
public sealed record VolumeResource
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CreatedAt { get; init; }
    public string Driver { get; init; } = "local";
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string Mountpoint { get; init; } = "";
    public string Name { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public string Scope { get; init; } = "local";

    /// <summary>What the driver says of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeUsage? UsageData { get; init; }
}

/// <summary>Bytes on disk and the number of containers; -1 where it is not known.</summary>
public sealed record VolumeUsage(long Size, long RefCount);

/// <summary>GET /volumes.</summary>
public sealed record VolumesListResponse(IReadOnlyList<VolumeResource> Volumes, IReadOnlyList<string>? Warnings);

/// <summary>POST /volumes/create.</summary>
public sealed record VolumeCreateRequest
{
    /// <summary>Asks for a volume of a swarm.</summary>
    public JsonElement? ClusterVolumeSpec { get; init; }

    public string? Name { get; init; }
    public string? Driver { get; init; }
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>POST /volumes/prune.</summary>
public sealed record VolumesPruneResponse(IReadOnlyList<string>? VolumesDeleted, long SpaceReclaimed);
