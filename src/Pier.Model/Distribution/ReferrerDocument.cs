using System.Text.Json.Serialization;

namespace Pier.Model.Distribution;

/// <summary>What the referrers API needs to know of any manifest or index (OCI distribution spec, "Listing Referrers").</summary>
public sealed record ReferrerDocument
{
    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    [JsonPropertyName("config")]
    public Descriptor? Config { get; init; }

    [JsonPropertyName("subject")]
    public Descriptor? Subject { get; init; }

    [JsonPropertyName("annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>The artifact type that a listing shows: the manifest's own, or its configuration's media type.</summary>
    [JsonIgnore]
    public string? EffectiveArtifactType => string.IsNullOrEmpty(ArtifactType) ? Config?.MediaType : ArtifactType;
}
