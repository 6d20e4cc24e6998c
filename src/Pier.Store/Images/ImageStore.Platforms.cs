using Pier.Model;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// As <see cref="Resolve(string)"/>, of one platform of an image that may have several (null: the best for this host).
    /// </summary>
    public Image Resolve(string reference, Platform? platform)
    {
        var image = Resolve(reference);
        return platform is null ? image : Of(image, platform, reference);
    }

    /// <summary>
    /// As <see cref="Find"/>, of one platform, its layers unpacked whatever host this is; null when that platform is not wholly here.
    /// </summary>
    public Image? FindUnpacked(string reference, Platform platform, CancellationToken ct) =>
        Border.Cross(() =>
        {
            if (Find(reference) is not { } image || _reader.Find(image.Target, platform) is not { } documents)
                return null;
            using var lease = _content.Lease();
            if (!documents.Manifest.Layers.All(l => lease.Keep(l.Digest)))
                return null;
            Unpack(documents, lease, ct);
            return Described(image, documents);
        });

    /// <summary>The image of any platform by the digest of its configuration; throws <see cref="NotFoundException"/>.</summary>
    public Image ResolveAny(Digest id) =>
        Border.Cross(() =>
        {
            if (ById(id) is { } image)
                return image;
            foreach (var entry in _catalog.Entries.Where(e => MediaTypes.IsIndex(e.MediaType) && _content.Has(e.Digest)))
            {
                var documents = _reader
                    .Manifests(entry)
                    .Where(m => _content.Has(m.Digest))
                    .Select(_reader.Documents)
                    .FirstOrDefault(d => d?.Id == id);
                if (documents is not null)
                    return Described(KnownImages.Describe([(entry, documents)]).Image, documents);
            }
            throw new NotFoundException($"No such image: {id}");
        });

    /// <summary>Whether every platform that a target names is here.</summary>
    public bool IsWhole(Descriptor target) =>
        Border.Cross(() =>
            _content.Has(target.Digest)
            && (
                !MediaTypes.IsIndex(target.MediaType)
                || ImageDocument.Index(_content.Read(target.Digest), target.MediaType).Manifests.All(m => _content.Has(m.Digest))
            )
        );

    /// <summary>Whether nothing else of an image is here than these platforms.</summary>
    public bool HasOnly(Image image, IReadOnlyList<Platform> platforms) =>
        Border.Cross(() =>
            _reader
                .Manifests(image.Target)
                .Where(m => _content.Has(m.Digest))
                .Select(_reader.Documents)
                .All(d => d is null || platforms.Any(p => d.Config.Platform.Satisfies(p)))
        );

    Image Of(Image image, Platform platform, string reference) =>
        Border.Cross(() =>
        {
            var documents =
                _reader.Find(image.Target, platform)
                ?? throw new NotFoundException(
                    $"image with reference {reference} was found but its platform ({image.Config.Platform}) does not match the specified platform ({platform})"
                );
            return Described(image, documents);
        });

    Image Described(Image image, ImageDocuments documents) =>
        image with
        {
            Id = documents.Id,
            Config = documents.Config,
            ManifestDescriptor = documents.Descriptor,
            Manifest = documents.Manifest,
            Size = documents.Chains.Sum(_snapshots.LayerSize),
        };
}
