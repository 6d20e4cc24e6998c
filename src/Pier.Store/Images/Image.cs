using Pier.Model;

namespace Pier.Store.Images;

/// <summary>An image of one platform as the store holds it.</summary>
public sealed record Image
{
    /// <summary>The image id: the digest of its configuration.</summary>
    public required Digest Id { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>What the names point to: a manifest, or an index of several platforms.</summary>
    public required Descriptor Target { get; init; }

    public required Descriptor ManifestDescriptor { get; init; }
    public required ImageManifest Manifest { get; init; }

    /// <summary>Names of this image with a tag, in Docker's order; empty for a dangling image.</summary>
    public required IReadOnlyList<ImageReference> Tags { get; init; }

    /// <summary>Names of this image by manifest digest.</summary>
    public required IReadOnlyList<ImageReference> Digests { get; init; }

    /// <summary>Bytes of all layers unpacked.</summary>
    public required long Size { get; init; }

    /// <summary>When it last got a name, or null.</summary>
    public DateTimeOffset? LastTagged { get; init; }

    /// <summary>Names the whole stack of layers; null for an image without layers.</summary>
    public Digest? ChainId => Config.RootFs.DiffIds.Length == 0 ? null : Model.ChainId.Prefixes(Config.RootFs.DiffIds)[^1];

    /// <summary>"busybox:latest", as lists print them.</summary>
    public IReadOnlyList<string> RepoTags => [.. Tags.Select(t => t.Familiar)];

    /// <summary>"busybox@sha256:...".</summary>
    public IReadOnlyList<string> RepoDigests => [.. Digests.Select(d => d.Familiar)];
}
