using System.Text.Json.Serialization;

namespace Pier.Model.Distribution;

/// <summary>The tags of a repository, in lexical order (OCI distribution spec, "Content Discovery").</summary>
public sealed record TagList
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tags")]
    public required string[]? Tags { get; init; }
}

/// <summary>The repositories of a registry, in lexical order (Docker's addition to the specification).</summary>
public sealed record RepositoryCatalog
{
    [JsonPropertyName("repositories")]
    public required string[] Repositories { get; init; }
}

/// <summary>What Docker's v1 search answers; the docker CLI's `search` still asks for it.</summary>
public sealed record SearchAnswer
{
    [JsonPropertyName("num_results")]
    public int NumResults { get; init; }

    [JsonPropertyName("query")]
    public string? Query { get; init; }

    [JsonPropertyName("page")]
    public int Page { get; init; }

    [JsonPropertyName("num_pages")]
    public int NumPages { get; init; }

    [JsonPropertyName("page_size")]
    public int PageSize { get; init; }

    [JsonPropertyName("results")]
    public SearchResult[]? Results { get; init; }
}

/// <summary>One repository that a search found.</summary>
public sealed record SearchResult
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("star_count")]
    public int StarCount { get; init; }

    [JsonPropertyName("is_official")]
    public bool IsOfficial { get; init; }

    [JsonPropertyName("is_automated")]
    public bool IsAutomated { get; init; }
}
