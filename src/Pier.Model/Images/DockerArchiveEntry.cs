namespace Pier.Model;

/// <summary>One image of a `docker save` archive's manifest.json: paths inside the archive, names as "repo:tag".</summary>
public sealed record DockerArchiveEntry
{
    public required string Config { get; init; }
    public string[]? RepoTags { get; init; }
    public required string[] Layers { get; init; }
}
