using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Pier.Model;
using Pier.Store.Content;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    // What registries and every client know; the level is zlib's usual one.
    static readonly LayerCompression ForRegistries = new(LayerCompressionKind.Gzip, null, Force: false);

    /// <summary>
    /// The manifest or index with its plain layers compressed, as it travels to a registry: itself where none is plain. Names of the given
    /// target are names of the packed one from then on, so that the image here is what the registry has and the next push finds it done.
    /// The lease holds the result.
    /// </summary>
    public Descriptor Pack(Descriptor target, ContentLease lease, CancellationToken ct) =>
        Border.Cross(() =>
        {
            var packed = MediaTypes.IsIndex(target.MediaType) ? PackIndex(target, lease, ct) : PackManifest(target, lease, ct);
            if (packed.Digest == target.Digest)
                return target;
            _content.Settle(lease.Held);
            if (_catalog.Entries.Any(e => e.Digest == target.Digest))
            {
                _catalog.Update(entries => Moved(entries, target.Digest, packed));
                Collect();
            }
            return packed;
        });

    Descriptor PackIndex(Descriptor target, ContentLease lease, CancellationToken ct)
    {
        var index = ImageDocument.Index(_content.Read(target.Digest), target.MediaType);
        // Attestations name the manifests that they speak of by digest.
        if (index.Manifests.Any(m => m.Annotations?.ContainsKey("vnd.docker.reference.digest") == true))
            return target;
        Descriptor[] manifests =
        [
            .. index.Manifests.Select(m =>
                !MediaTypes.IsManifest(m.MediaType) || PackManifest(m, lease, ct) is not { } packed || packed.Digest == m.Digest
                    ? m
                    : m with
                    {
                        MediaType = packed.MediaType,
                        Digest = packed.Digest,
                        Size = packed.Size,
                    }
            ),
        ];
        return manifests.SequenceEqual(index.Manifests)
            ? target
            : lease.Write(
                JsonSerializer.SerializeToUtf8Bytes(index with { Manifests = manifests }, ImageJson.Plain.ImageIndex),
                target.MediaType
            );
    }

    Descriptor PackManifest(Descriptor target, ContentLease lease, CancellationToken ct)
    {
        if (_reader.Documents(target) is not { } image || !image.Manifest.Layers.Any(IsPlain))
            return target;
        var layers = new Descriptor[image.Manifest.Layers.Length];
        var several = new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) };
        try
        {
            Parallel.For(
                0,
                layers.Length,
                several,
                i => layers[i] = PackLayer(image.Manifest.Layers[i], image.Config.RootFs.DiffIds[i], lease, ct)
            );
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        // One manifest speaks one language: its own.
        var form = new ImageForm(DockerTypes: target.MediaType == MediaTypes.DockerManifest);
        var manifest = image.Manifest with
        {
            MediaType = form.TypeOf(MediaTypes.OciManifest),
            Config = image.Manifest.Config with { MediaType = form.TypeOf(MediaTypes.OciConfig) },
            Layers = [.. layers.Select(l => l with { MediaType = form.TypeOf(l.MediaType) })],
        };
        lease.Keep(image.Id);
        return lease.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), manifest.MediaType) with
        {
            Platform = target.Platform,
        };
    }

    Descriptor PackLayer(Descriptor layer, Digest diffId, ContentLease lease, CancellationToken ct)
    {
        if (!IsPlain(layer))
            return Recompress(layer, ForRegistries, lease, ct);
        // Another image, pushed or pulled, may have the same layer compressed already.
        var there = _known
            .All.Select(k => k.Documents)
            .SelectMany(d => d.Manifest.Layers.Zip(d.Config.RootFs.DiffIds, (l, id) => (Layer: l, DiffId: id)))
            .FirstOrDefault(l => l.DiffId == diffId && MediaTypes.ToOci(l.Layer.MediaType) == MediaTypes.OciLayerGzip)
            .Layer;
        return there is not null && lease.Keep(there.Digest)
            ? there with
            {
                MediaType = MediaTypes.OciLayerGzip,
            }
            : Recompress(layer, ForRegistries, lease, ct);
    }

    static bool IsPlain(Descriptor layer) => MediaTypes.ToOci(layer.MediaType) == MediaTypes.OciLayerTar;

    // A target has one nameless entry or names, never both.
    static ImmutableArray<Descriptor> Moved(ImmutableArray<Descriptor> entries, Digest from, Descriptor to)
    {
        Descriptor[] moved =
        [
            .. entries.Select(e => e.Digest != from ? e : e with { MediaType = to.MediaType, Digest = to.Digest, Size = to.Size }),
        ];
        var named = moved.Where(e => ImageCatalog.NameOf(e) is not null).Select(e => e.Digest).ToHashSet();
        return [.. moved.Where(e => ImageCatalog.NameOf(e) is not null || named.Add(e.Digest))];
    }
}
