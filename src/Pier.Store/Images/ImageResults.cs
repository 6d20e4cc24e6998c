using Pier.Model;

namespace Pier.Store.Images;

/// <summary>A container that uses an image.</summary>
public sealed record ImageUser(string ContainerId, bool Running);

/// <summary>One step of a removal; exactly one of the two is set. Untagged is a familiar name, Deleted an image or chain id.</summary>
public sealed record RemovedImage(string? Untagged, string? Deleted);

/// <summary>What a load brought in: an image under a familiar name, or by id alone where the archive names none.</summary>
public sealed record LoadedName(string? Reference, Digest Id);

/// <summary>How an import becomes an image.</summary>
public sealed record ImportOptions
{
    public ImageReference? Name { get; init; }
    public string Message { get; init; } = "Imported from -";
    public ContainerConfig Config { get; init; } = new();

    /// <summary>Null means the host's.</summary>
    public Platform? Platform { get; init; }
}
