using Pier.Model;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>As <see cref="Resolve(string)"/>, of one platform of an image that may have several (null: the best for this host).</summary>
    public Image Resolve(string reference, Platform? platform)
    {
        var image = Resolve(reference);
        return platform is null ? image : Of(image, platform, reference);
    }

    /// <summary>Whether every platform that a target names is here.</summary>
    public bool IsWhole(Descriptor target) => Border.Cross(() =>
        _content.Has(target.Digest) && (!MediaTypes.IsIndex(target.MediaType)
            || ImageDocument.Index(_content.Read(target.Digest), target.MediaType).Manifests.All(m => _content.Has(m.Digest))));

    Image Of(Image image, Platform platform, string reference) => Border.Cross(() =>
    {
        var documents = _reader.Find(image.Target, platform)
            ?? throw new NotFoundException($"image with reference {reference} was found but does not provide the specified platform ({platform})");
        return image with
        {
            Id = documents.Id,
            Config = documents.Config,
            ManifestDescriptor = documents.Descriptor,
            Manifest = documents.Manifest,
            Size = documents.Chains.Sum(_snapshots.LayerSize),
        };
    });
}
