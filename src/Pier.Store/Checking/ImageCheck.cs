using System.Text.Json;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Store.Checking;

/// <summary>What the images that are whole need: blobs, and layers (by chain id) with the blobs that they come from.</summary>
sealed class ImageReport
{
    internal HashSet<Digest> Blobs { get; } = [];
    internal Dictionary<Digest, (Digest Blob, Digest DiffId)> Layers { get; } = [];
    internal List<Finding> Findings { get; } = [];
}

/// <summary>Follows every name of the index to the layers.</summary>
sealed class ImageCheck(Layout layout, IReadOnlyDictionary<Digest, long> blobs)
{
    readonly ImageReport _report = new();

    internal ImageReport Run()
    {
        if (!File.Exists(layout.LayoutMark))
            _report.Findings.Add(
                new Finding(StoreCheck.Below(layout, layout.LayoutMark), "it is missing", "written when the root is opened")
            );
        ImageIndex index;
        try
        {
            index = ImageDocument.Index(File.ReadAllBytes(layout.ImageIndex));
        }
        catch (EngineException e)
        {
            _report.Findings.Add(new Finding(StoreCheck.Below(layout, layout.ImageIndex), $"it cannot be read: {e.Message}", null));
            // Nobody can say which blobs are needed: all of them.
            _report.Blobs.UnionWith(blobs.Keys);
            return _report;
        }
        var lost = index.Manifests.Where(e => !Follow(e)).ToArray();
        // One change for all: the index is written once, without them.
        if (lost.Length > 0)
            _report.Findings[^1] = _report.Findings[^1] with { Repair = () => Write(index, lost) };
        return _report;
    }

    // False when an entry leads to something that is not there.
    bool Follow(Descriptor entry)
    {
        var name = ImageCatalog.NameOf(entry) ?? entry.Digest.ToString();
        try
        {
            Need(entry);
            var manifests = MediaTypes.IsIndex(entry.MediaType)
                ? ImageDocument
                    .Index(Read(entry.Digest), entry.MediaType)
                    .Manifests.Where(m => MediaTypes.IsManifest(m.MediaType) && blobs.ContainsKey(m.Digest))
                    .ToArray()
                : [entry];
            if (manifests.Length == 0)
                throw new NotFoundException("none of its platforms is here");
            foreach (var manifest in manifests)
                FollowManifest(manifest);
            return true;
        }
        catch (EngineException e)
        {
            _report.Findings.Add(
                new Finding(
                    StoreCheck.Below(layout, layout.ImageIndex),
                    $"image {name} is not whole: {e.Message}",
                    "its name is removed: pull or load it again"
                )
                {
                    Repair = () => { },
                }
            );
            return false;
        }
    }

    void FollowManifest(Descriptor descriptor)
    {
        Need(descriptor);
        var manifest = ImageDocument.Manifest(Read(descriptor.Digest), descriptor.MediaType);
        Need(manifest.Config);
        foreach (var layer in manifest.Layers)
            Need(layer);
        if (manifest.Config.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig))
            return;
        var diffIds = ImageDocument.Config(Read(manifest.Config.Digest)).RootFs.DiffIds;
        var chains = ChainId.Prefixes(diffIds);
        for (var i = 0; i < chains.Count && i < manifest.Layers.Length; i++)
            _report.Layers[chains[i]] = (manifest.Layers[i].Digest, diffIds[i]);
    }

    void Need(Descriptor descriptor)
    {
        _report.Blobs.Add(descriptor.Digest);
        if (!blobs.TryGetValue(descriptor.Digest, out var size))
            throw new NotFoundException($"content digest {descriptor.Digest}: not found");
        if (size != descriptor.Size)
            throw new InvalidParameterException($"content {descriptor.Digest} has {size} bytes, expected {descriptor.Size}");
    }

    byte[] Read(Digest digest) => File.ReadAllBytes(layout.Blob(digest));

    void Write(ImageIndex index, Descriptor[] lost) =>
        AtomicFile.Write(
            layout.ImageIndex,
            JsonSerializer.SerializeToUtf8Bytes(index with { Manifests = [.. index.Manifests.Except(lost)] }, ImageJson.Plain.ImageIndex)
        );
}
