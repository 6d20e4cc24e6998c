using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>A list of manifests, by platform or by name (OCI image spec, image-index.md; Docker's manifest list).</summary>
public sealed record ImageIndex
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; } = 2;

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    [JsonPropertyName("manifests")]
    public required Descriptor[] Manifests { get; init; }

    [JsonPropertyName("annotations")]
    public Dictionary<string, string>? Annotations { get; init; }
}

/// <summary>The file that marks a directory as an image layout (OCI image spec, image-layout.md).</summary>
public sealed record ImageLayoutMark
{
    public const string Version = "1.0.0";

    [JsonPropertyName("imageLayoutVersion")]
    public required string ImageLayoutVersion { get; init; }
}

/// <summary>Annotation keys that Pier reads and writes.</summary>
public static class ImageAnnotations
{
    /// <summary>The name of an entry in a layout's index.json.</summary>
    public const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>containerd's (and docker save's) full name of an entry.</summary>
    public const string ContainerdName = "io.containerd.image.name";

    /// <summary>When an entry got its name, RFC 3339: Docker's Metadata.LastTagTime.</summary>
    public const string TaggedAt = "io.pier.image.tagged-at";
}
