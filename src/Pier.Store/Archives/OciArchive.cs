using Pier.Model;
using Pier.Store.Content;

namespace Pier.Store.Archives;

/// <summary>
/// An OCI image layout in an archive (OCI image spec, image-layout.md): what `skopeo copy ... oci-archive:` and newer `docker save` write.
/// </summary>
static class OciArchive
{
    internal const string Mark = "oci-layout",
        Index = "index.json";

    internal static IReadOnlyList<ArchivedImage> Read(ArchiveSpool spool, ContentStore content)
    {
        var images = new Dictionary<Digest, (Descriptor Target, List<ImageReference> Names)>();
        foreach (var descriptor in ImageDocument.Index(spool.ReadDocument(Index)).Manifests)
        {
            if (!MediaTypes.IsIndex(descriptor.MediaType) && !MediaTypes.IsManifest(descriptor.MediaType))
                continue;
            Verify(descriptor, content);
            if (!images.TryGetValue(descriptor.Digest, out var image))
                images[descriptor.Digest] = image = (descriptor, []);
            if (NameOf(descriptor) is { } name && !image.Names.Contains(name))
                image.Names.Add(name);
        }
        if (images.Count == 0)
            throw new InvalidParameterException("invalid archive: it holds no image");
        return [.. images.Values.Select(i => new ArchivedImage(i.Target, i.Names))];
    }

    // An archive of one platform may hold an index of many: each manifest that is there must be whole, and one must be there.
    static void Verify(Descriptor target, ContentStore content)
    {
        CheckSize(target, content);
        var manifests = MediaTypes.IsIndex(target.MediaType)
            ? ImageDocument
                .Index(content.Read(target.Digest), target.MediaType)
                .Manifests.Where(m => MediaTypes.IsManifest(m.MediaType) && content.Has(m.Digest))
                .ToArray()
            : [target];
        if (manifests.Length == 0)
            throw new InvalidParameterException($"invalid archive: no manifest of {target.Digest} is in it");
        foreach (var descriptor in manifests)
        {
            CheckSize(descriptor, content);
            var manifest = ImageDocument.Manifest(content.Read(descriptor.Digest), descriptor.MediaType);
            CheckSize(manifest.Config, content);
            foreach (var layer in manifest.Layers)
                CheckSize(layer, content);
        }
    }

    static void CheckSize(Descriptor descriptor, ContentStore content)
    {
        var digest = descriptor.Digest;
        var size = content.Size(digest) ?? throw new InvalidParameterException($"invalid archive: content digest {digest}: not found");
        if (size != descriptor.Size)
            throw new InvalidParameterException($"invalid archive: {digest} has {size} bytes, its descriptor says {descriptor.Size}");
    }

    // containerd writes the full name; in the OCI annotation stands a name or only a tag, and a bare word may be either: no name then.
    static ImageReference? NameOf(Descriptor descriptor)
    {
        var text = descriptor.Annotation(ImageAnnotations.ContainerdName) ?? descriptor.Annotation(ImageAnnotations.RefName);
        return text is not null && text.AsSpan().ContainsAny('/', ':') && ImageReference.TryParse(text, out var name)
            ? name.WithDefaultTag()
            : null;
    }
}
