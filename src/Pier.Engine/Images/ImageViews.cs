using Pier.Model;

namespace Pier.Engine.Images;

/// <summary>A row of the image list. Size in bytes of all layers unpacked.</summary>
public sealed record ImageSummaryView(
    string Id,
    IReadOnlyList<string> RepoTags,
    IReadOnlyList<string> RepoDigests,
    DateTimeOffset Created,
    long Size,
    IReadOnlyDictionary<string, string>? Labels,
    int Containers
);

/// <summary>An image as inspect shows it.</summary>
public sealed record ImageDetailsView
{
    public required string Id { get; init; }
    public required IReadOnlyList<string> RepoTags { get; init; }
    public required IReadOnlyList<string> RepoDigests { get; init; }
    public string Comment { get; init; } = "";
    public DateTimeOffset? Created { get; init; }
    public string Author { get; init; } = "";
    public required ContainerConfig Config { get; init; }
    public required string Architecture { get; init; }
    public string Variant { get; init; } = "";
    public required string Os { get; init; }
    public long Size { get; init; }
    public required string Driver { get; init; }
    public IReadOnlyDictionary<string, string> DriverData { get; init; } = new Dictionary<string, string>();
    public required IReadOnlyList<string> LayerDiffIds { get; init; }
    public DateTimeOffset? LastTagged { get; init; }
}

/// <summary>One step of an image's history, newest first.</summary>
public sealed record ImageHistoryView(
    string Id,
    DateTimeOffset? Created,
    string CreatedBy,
    long Size,
    string Comment,
    IReadOnlyList<string> Tags
);

/// <summary>One line of the answer to a removal: exactly one of the two is set.</summary>
public sealed record ImageRemoval(string? Untagged, string? Deleted);

/// <summary>An import: a root file system as a tar stream becomes an image of one layer. Changes are Dockerfile instructions.</summary>
public sealed record ImportImage(string? Repository, string? Tag, string? Message, IReadOnlyList<string> Changes, string? Platform);

/// <summary>What a load brought in: a name, or an image id where the archive names none.</summary>
public sealed record LoadedImage(string? Reference, string Id);
