using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>
/// An image's configuration (OCI image spec, config.md) with Docker's extra fields. The digest of its bytes is the image's id, so a
/// stored configuration is never written anew from this record.
/// </summary>
public sealed record ImageConfig
{
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("author")]
    public string? Author { get; init; }

    [JsonPropertyName("architecture")]
    public required string Architecture { get; init; }

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    [JsonPropertyName("os")]
    public required string Os { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public string[]? OsFeatures { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    [JsonPropertyName("config")]
    public ContainerConfig? Config { get; init; }

    [JsonPropertyName("rootfs")]
    public required RootFs RootFs { get; init; }

    [JsonPropertyName("history")]
    public HistoryEntry[]? History { get; init; }

    /// <summary>BuildKit's inline cache: which steps made the layers, as JSON records.</summary>
    [JsonPropertyName("moby.buildkit.cache.v0")]
    public byte[]? InlineCache { get; init; }

    /// <summary>The platform that the image runs on.</summary>
    [JsonIgnore]
    public Platform Platform =>
        new()
        {
            Os = Os,
            Architecture = Architecture,
            Variant = Variant,
            OsVersion = OsVersion,
            OsFeatures = OsFeatures,
        };
}

/// <summary>The digests of the uncompressed layer tars, base first.</summary>
public sealed record RootFs
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "layers";

    [JsonPropertyName("diff_ids")]
    public required Digest[] DiffIds { get; init; }
}

/// <summary>How a layer came to be; an empty layer only changed the configuration.</summary>
public sealed record HistoryEntry
{
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("author")]
    public string? Author { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    [JsonPropertyName("empty_layer")]
    public bool EmptyLayer { get; init; }
}
