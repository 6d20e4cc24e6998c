using System.Text.Json;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Archives;
using Pier.Store.Content;
using Pier.Store.Layers;
using Pier.Store.Snapshots;
using Pier.Store.Tar;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Makes a layer of what a step changed; null when it changed nothing. No time in it is later than <paramref name="latest"/>. The lease
    /// holds the layer.
    /// </summary>
    public (Descriptor Blob, Digest DiffId)? CommitStep(StepTree step, ContentLease lease, DateTimeOffset? latest, CancellationToken ct) =>
        _snapshots.Commit(
            step,
            lease,
            latest is { } time ? FileTime.Of(time) : null,
            (layer, parent) => UnpackBlob(layer, parent, null, ct),
            ct
        );

    /// <summary>Protects what an image consists of, so that nobody's removal takes it away; false when a part is missing.</summary>
    public bool Keep(Image image, ContentLease lease)
    {
        var whole = lease.Keep(image.ManifestDescriptor.Digest) & lease.Keep(image.Id);
        foreach (var layer in image.Manifest.Layers)
            whole &= lease.Keep(layer.Digest);
        return whole && (image.ChainId is not { } chain || KeepLayer(chain, lease));
    }

    /// <summary>Lays a stored layer over another stack than the one that it was made on; the lease holds the result.</summary>
    public void LayOver(Digest? parent, Descriptor layer, Digest diffId, ContentLease lease, CancellationToken ct) =>
        Border.Cross(() =>
        {
            if (!KeepLayer(ChainId.Of(parent, diffId), lease))
                UnpackBlob(layer.Digest, parent, diffId, ct);
        });

    /// <summary>Whether two stored layers change a tree in the same way, but for the times of files.</summary>
    public bool AreAlike(Descriptor one, Descriptor other) =>
        one.Digest == other.Digest
        || Border.Cross(() =>
        {
            using var first = _content.Open(one.Digest);
            using var second = _content.Open(other.Digest);
            return LayerComparison.AreAlike(first, second);
        });

    /// <summary>
    /// Protects a stack whose blobs (base first) the lease has already; what of it is not unpacked (any more) is unpacked again. False when
    /// a blob does not give the layer that it should.
    /// </summary>
    public bool KeepStack(IReadOnlyList<(Descriptor Blob, Digest DiffId)> layers, ContentLease lease, CancellationToken ct)
    {
        Digest? below = null;
        try
        {
            foreach (var (blob, diffId) in layers)
            {
                LayOver(below, blob, diffId, lease, ct);
                below = ChainId.Of(below, diffId);
            }
            return true;
        }
        catch (InvalidParameterException)
        {
            return false;
        }
    }

    /// <summary>Makes one layer of several over a stack (null: over nothing); null when together they change nothing.</summary>
    public (Descriptor Blob, Digest DiffId)? Squash(
        Digest? below,
        IReadOnlyList<Descriptor> layers,
        ContentLease lease,
        DateTimeOffset? latest,
        CancellationToken ct
    ) =>
        Border.Cross(() =>
        {
            using var step = _snapshots.BeginStep(below);
            // Deletions are done in the merged tree: what an upper layer takes away from a lower one leaves no trace.
            using (var root = step.Mount())
            {
                foreach (var layer in layers)
                {
                    using var blob = _content.Open(layer.Digest);
                    using var tar = Decompression.Open(blob);
                    using var unpacker = new LayerUnpacker(root, new PlainWhiteouts(null), null);
                    unpacker.Unpack(new TarReader(new HashingStream(tar, () => layer.Digest, ct)));
                }
            }
            return CommitStep(step, lease, latest, ct);
        });

    /// <summary>
    /// Makes an image of a configuration and its layers (base first, all in the store, held by the lease), under names or, without any,
    /// dangling.
    /// </summary>
    public Image Build(
        ImageConfig config,
        IReadOnlyList<Descriptor> layers,
        IReadOnlyList<ImageReference> names,
        ContentLease lease,
        CancellationToken ct = default
    ) =>
        Border.Cross(() =>
        {
            _content.Settle([.. layers.Select(l => l.Digest)]);
            if (Existing(config, layers, names, lease) is { } there)
                return there;
            var image = AddBuilt(
                config,
                [.. layers.Select(l => l with { MediaType = MediaTypes.ToOci(l.MediaType) })],
                names.Count > 0 ? names[0] : null,
                lease,
                ct
            );
            foreach (var name in names.Skip(1))
                Tag(image, name);
            return names.Count > 1 ? ById(image.Id)! : image;
        });

    // Built again out of the cache, with the names that it has: nothing is to be written.
    Image? Existing(ImageConfig config, IReadOnlyList<Descriptor> layers, IReadOnlyList<ImageReference> names, ContentLease lease)
    {
        var id = Digest.Of(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig));
        if (!_content.Has(id) || ById(id) is not { } image || !Keep(image, lease))
            return null;
        return names.All(image.Tags.Contains) && image.Manifest.Layers.Select(l => l.Digest).SequenceEqual(layers.Select(l => l.Digest))
            ? image
            : null;
    }
}
