using Pier.Model;

namespace Pier.Build.Solver;

/// <summary>A tree that a build made or found: its layers, base first.</summary>
public sealed record BuiltTree(IReadOnlyList<BuiltLayer> Layers)
{
    public static BuiltTree Empty { get; } = new([]);

    /// <summary>Names the whole stack in the store; null for the empty tree.</summary>
    public Digest? ChainId { get; } = Layers.Count == 0 ? null : Model.ChainId.Prefixes([.. Layers.Select(l => l.DiffId)])[^1];
}

/// <summary>A layer: its blob, the digest of its uncompressed tar, and when a build made it (null for an image's).</summary>
public sealed record BuiltLayer(Descriptor Blob, Digest DiffId, DateTimeOffset? Created = null);
