using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Snapshots;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Makes a layer of what a step changed; null when it changed nothing. No time in it is later than <paramref name="latest"/>. The lease holds the layer.
    /// </summary>
    public (Descriptor Blob, Digest DiffId)? CommitStep(StepTree step, ContentLease lease, DateTimeOffset? latest, CancellationToken ct) =>
        _snapshots.Commit(step, lease, latest is { } time ? FileTime.Of(time) : null, (layer, parent) => UnpackBlob(layer, parent, null, ct), ct);

    /// <summary>Protects what an image consists of, so that nobody's removal takes it away; false when a part is missing.</summary>
    public bool Keep(Image image, ContentLease lease)
    {
        var whole = lease.Keep(image.ManifestDescriptor.Digest) & lease.Keep(image.Id);
        foreach (var layer in image.Manifest.Layers) whole &= lease.Keep(layer.Digest);
        return whole && (image.ChainId is not { } chain || KeepLayer(chain, lease));
    }

    /// <summary>
    /// Makes an image of a configuration and its layers (base first, all in the store, held by the lease), under names or, without any, dangling.
    /// </summary>
    public Image Build(ImageConfig config, IReadOnlyList<Descriptor> layers, IReadOnlyList<ImageReference> names, ContentLease lease, CancellationToken ct = default) =>
        Border.Cross(() =>
    {
        var image = AddBuilt(config, [.. layers.Select(l => l with { MediaType = OciType(l.MediaType) })], names.Count > 0 ? names[0] : null, lease, ct);
        foreach (var name in names.Skip(1)) Tag(image, name);
        return names.Count > 1 ? ById(image.Id)! : image;
    });
}
