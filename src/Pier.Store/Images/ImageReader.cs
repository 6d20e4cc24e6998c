using System.Collections.Concurrent;
using Pier.Model;
using Pier.Store.Content;

namespace Pier.Store.Images;

/// <summary>One image of one platform, as its documents describe it.</summary>
sealed record ImageDocuments(Descriptor Descriptor, ImageManifest Manifest, ImageConfig Config)
{
    internal Digest Id => Manifest.Config.Digest;

    /// <summary>The chain ids of the layers, base first.</summary>
    internal IReadOnlyList<Digest> Chains { get; } = ChainId.Prefixes(Config.RootFs.DiffIds);
}

/// <summary>Reads manifests and configurations from content; what was read once is remembered, since content never changes.</summary>
sealed class ImageReader(ContentStore content)
{
    readonly ConcurrentDictionary<Digest, ImageDocuments> _read = new();
    readonly ConcurrentDictionary<Digest, Descriptor[]> _indexes = new();

    /// <summary>
    /// The image that a target means on a platform: the manifest itself, or the index's best manifest that is here. Throws
    /// <see cref="NotFoundException"/> when nothing of it is here.
    /// </summary>
    internal ImageDocuments Read(Descriptor target, Platform platform)
    {
        var manifests = Manifests(target).Where(m => content.Has(m.Digest)).ToArray();
        var readable = manifests.Select(Documents).OfType<ImageDocuments>().ToArray();
        return readable.FirstOrDefault(d => d.Config.Platform.Satisfies(platform))
            ?? readable.FirstOrDefault()
            ?? throw new NotFoundException($"content digest {target.Digest}: not found");
    }

    /// <summary>The image of exactly this platform, or null when the target has none or it is not here.</summary>
    internal ImageDocuments? Find(Descriptor target, Platform platform) =>
        Manifests(target)
            .Where(m => content.Has(m.Digest))
            .Select(Documents)
            .OfType<ImageDocuments>()
            .FirstOrDefault(d => d.Config.Platform.Satisfies(platform));

    /// <summary>Every manifest that a target names: itself, or the members of an index. An index inside an index is not followed.</summary>
    internal IReadOnlyList<Descriptor> Manifests(Descriptor target) =>
        MediaTypes.IsIndex(target.MediaType) ? _indexes.GetOrAdd(target.Digest, _ => ReadIndex(target)) : [target];

    Descriptor[] ReadIndex(Descriptor target) =>
        [.. ImageDocument.Index(content.Read(target.Digest), target.MediaType).Manifests.Where(m => MediaTypes.IsManifest(m.MediaType))];

    /// <summary>
    /// The documents of a manifest; null for an artifact that is no image (an attestation) or whose configuration is not here.
    /// </summary>
    internal ImageDocuments? Documents(Descriptor manifest)
    {
        if (_read.TryGetValue(manifest.Digest, out var known))
            return known;
        var parsed = ImageDocument.Manifest(content.Read(manifest.Digest), manifest.MediaType);
        if (parsed.Config.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig) || !content.Has(parsed.Config.Digest))
            return null;
        var config = ImageDocument.Config(content.Read(parsed.Config.Digest));
        // BuildKit's attestations carry a configuration for "unknown/unknown".
        if (config.Os == "unknown")
            return null;
        if (config.RootFs.DiffIds.Length != parsed.Layers.Length)
        {
            throw new InvalidParameterException(
                $"invalid manifest, layers length mismatch: expected {config.RootFs.DiffIds.Length}, got {parsed.Layers.Length}"
            );
        }
        return _read[manifest.Digest] = new ImageDocuments(manifest, parsed, config);
    }

    internal void Forget(Digest manifest) => _read.TryRemove(manifest, out _);
}
