using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>GET /system/df. LayersSize in bytes; null is what was not asked for.</summary>
public sealed record DiskUsage
{
    public long LayersSize { get; init; }
    public IReadOnlyList<ImageSummary>? Images { get; init; }
    public IReadOnlyList<ContainerSummary>? Containers { get; init; }
    public IReadOnlyList<VolumeResource>? Volumes { get; init; }
    public IReadOnlyList<BuildCacheEntry>? BuildCache { get; init; }

    /// <summary>Bytes; only for clients before API 1.42.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? BuilderSize { get; init; }
}
