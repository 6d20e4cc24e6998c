using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>A row of GET /images/json. Created in seconds of the Unix epoch, Size in bytes; -1 means not computed.</summary>
public sealed record ImageSummary
{
    public long Containers { get; init; } = -1;
    public long Created { get; init; }
    public string Id { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string ParentId { get; init; } = "";
    public IReadOnlyList<string>? RepoDigests { get; init; }
    public IReadOnlyList<string>? RepoTags { get; init; }
    public long SharedSize { get; init; } = -1;
    public long Size { get; init; }

    /// <summary>Only for clients up to API 1.43.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VirtualSize { get; init; }
}

/// <summary>GET /images/{name}/json.</summary>
public sealed record ImageInspect
{
    public string Id { get; init; } = "";
    public IReadOnlyList<string> RepoTags { get; init; } = [];
    public IReadOnlyList<string> RepoDigests { get; init; } = [];
    public string Parent { get; init; } = "";
    public string Comment { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Created { get; init; }

    public string DockerVersion { get; init; } = "";
    public string Author { get; init; } = "";
    public ImageConfigBody Config { get; init; } = new();

    /// <summary>
    /// Until 1.44: of the container that an image was committed from. compose 1.29 wants it to be there when it makes a container anew.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageConfigBody? ContainerConfig { get; init; }

    public string Architecture { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Variant { get; init; }

    public string Os { get; init; } = "";
    public long Size { get; init; }

    /// <summary>Only for clients up to API 1.43.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VirtualSize { get; init; }

    public DriverData GraphDriver { get; init; } = new();
    public RootFs RootFS { get; init; } = new();
    public ImageMetadata Metadata { get; init; } = new();
}

/// <summary>An image's layers by the digests of their uncompressed tars, base first.</summary>
public sealed record RootFs
{
    public string Type { get; init; } = "layers";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Layers { get; init; }
}

/// <summary>What the engine knows of an image beside its content.</summary>
public sealed record ImageMetadata
{
    public string LastTagTime { get; init; } = Timestamps.Zero;
}

/// <summary>A row of GET /images/{name}/history, newest first.</summary>
public sealed record ImageHistoryEntry
{
    public string Comment { get; init; } = "";
    public long Created { get; init; }
    public string CreatedBy { get; init; } = "";
    public string Id { get; init; } = "<missing>";
    public long Size { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>A row of DELETE /images/{name}: one of the two.</summary>
public sealed record ImageDeleteEntry
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Untagged { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Deleted { get; init; }
}

/// <summary>A row of GET /images/search.</summary>
public sealed record ImageSearchResult(
    [property: JsonPropertyName("star_count")] int StarCount,
    [property: JsonPropertyName("is_official")] bool IsOfficial,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("is_automated")] bool IsAutomated,
    [property: JsonPropertyName("description")] string Description
);

/// <summary>POST /images/prune.</summary>
public sealed record ImagesPruneResponse(IReadOnlyList<ImageDeleteEntry>? ImagesDeleted, long SpaceReclaimed);
