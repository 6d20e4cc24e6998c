using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>POST /build/prune. Bytes.</summary>
public sealed record BuildPruneResponse
{
    public IReadOnlyList<string>? CachesDeleted { get; init; }
    public long SpaceReclaimed { get; init; }
}

/// <summary>The image that a build made, in its stream's "aux".</summary>
public sealed record BuildAux([property: JsonPropertyName("ID")] string Id);

/// <summary>A row of the build cache in GET /system/df. Size in bytes.</summary>
public sealed record BuildCacheEntry
{
    public required string ID { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Parents { get; init; }
    public required string Type { get; init; }
    public string Description { get; init; } = "";
    public bool InUse { get; init; }
    public bool Shared { get; init; }
    public long Size { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }
    public int UsageCount { get; init; }
}
