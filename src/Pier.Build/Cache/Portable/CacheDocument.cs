using System.Text.Json.Serialization;

namespace Pier.Build.Cache.Portable;

/// <summary>
/// A build cache as BuildKit writes it beside the layers (application/vnd.buildkit.cacheconfig.v0): which layers there are, and which steps
/// made them. The records' digests are Pier's keys, which hold all that a step depends on: other builders find nothing under them, and the
/// reverse.
/// </summary>
public sealed record CacheDocument
{
    public const string MediaType = "application/vnd.buildkit.cacheconfig.v0";

    [JsonPropertyName("layers")]
    public CacheDocumentLayer[]? Layers { get; init; }

    [JsonPropertyName("records")]
    public CacheDocumentRecord[]? Records { get; init; }
}

/// <summary>A layer over another one of the list; -1 over nothing.</summary>
public sealed record CacheDocumentLayer
{
    [JsonPropertyName("blob")]
    public string? Blob { get; init; }

    [JsonPropertyName("parent")]
    public int Parent { get; init; }

    [JsonPropertyName("annotations")]
    public CacheDocumentAnnotations? Annotations { get; init; }
}

/// <summary>What a layer's descriptor would say.</summary>
public sealed record CacheDocumentAnnotations
{
    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    /// <summary>The digest of the uncompressed tar.</summary>
    [JsonPropertyName("diffID")]
    public string? DiffId { get; init; }

    [JsonPropertyName("size")]
    public long Size { get; init; }

    [JsonPropertyName("createdAt")]
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>A step, and what came of it: any of its results will do.</summary>
public sealed record CacheDocumentRecord
{
    /// <summary>The layers' tops.</summary>
    [JsonPropertyName("layers")]
    public CacheDocumentResult[]? Results { get; init; }

    /// <summary>Results whose layers are listed one by one.</summary>
    [JsonPropertyName("chains")]
    public CacheDocumentChain[]? Chains { get; init; }

    /// <summary>The step's key.</summary>
    [JsonPropertyName("digest")]
    public string? Digest { get; init; }

    /// <summary>Which records a step stands on. Pier's keys say that already: it writes none and reads none.</summary>
    [JsonPropertyName("inputs")]
    public CacheDocumentInput[][]? Inputs { get; init; }

    /// <summary>Pier's own: what steps over this one know it by, where that is not its digest.</summary>
    [JsonPropertyName("io.pier.identity")]
    public string? Identity { get; init; }
}

/// <summary>A layer of the list, with all below it.</summary>
public sealed record CacheDocumentResult
{
    [JsonPropertyName("layer")]
    public int Layer { get; init; }

    [JsonPropertyName("createdAt")]
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>Layers of the list, base first.</summary>
public sealed record CacheDocumentChain
{
    [JsonPropertyName("layers")]
    public int[]? Layers { get; init; }

    [JsonPropertyName("createdAt")]
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>A record of the list, and which part of it.</summary>
public sealed record CacheDocumentInput
{
    [JsonPropertyName("selector")]
    public string? Selector { get; init; }

    [JsonPropertyName("link")]
    public int Link { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, MaxDepth = 32)]
[JsonSerializable(typeof(CacheDocument))]
[JsonSerializable(typeof(CacheDocumentRecord[]))]
sealed partial class CacheJson : JsonSerializerContext;
