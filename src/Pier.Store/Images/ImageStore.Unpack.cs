using System.Runtime.ExceptionServices;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Layers;
using Pier.Store.Snapshots;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>Unpacks the layers of an image that are not unpacked yet, verifying each against the configuration.</summary>
    internal void Unpack(ImageDocuments documents, ContentLease lease, CancellationToken ct, LayerStaging? staging = null)
    {
        foreach (var chain in documents.Chains)
            lease.Hold(chain);
        var missing = Enumerable
            .Range(0, documents.Chains.Count)
            .Where(i => !_snapshots.IsComing(documents.Chains[i]) && !_snapshots.Has(documents.Chains[i]))
            .ToArray();
        if (_snapshots.UnpacksApart)
            UnpackTogether(documents, missing, staging, ct);
        else
            foreach (var i in missing)
                UnpackBlob(documents.Manifest.Layers[i].Digest, ParentOf(documents, i), documents.Config.RootFs.DiffIds[i], ct);
    }

    static Digest? ParentOf(ImageDocuments documents, int layer) => layer == 0 ? null : documents.Chains[layer - 1];

    void UnpackTogether(ImageDocuments documents, int[] missing, LayerStaging? staging, CancellationToken ct)
    {
        var staged = new StagedLayer?[missing.Length];
        try
        {
            Parallel.For(
                0,
                missing.Length,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct },
                i =>
                {
                    var (layer, diffId) = (documents.Manifest.Layers[missing[i]].Digest, documents.Config.RootFs.DiffIds[missing[i]]);
                    staged[i] = staging?.Take(layer, diffId);
                    if (staged[i] is not null)
                        return;
                    using var blob = _content.Open(layer);
                    staged[i] = Stage(blob, null, diffId, layer, ct);
                }
            );
            for (var i = 0; i < missing.Length; i++)
                _snapshots.Commit(staged[i]!, ParentOf(documents, missing[i]));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        finally
        {
            foreach (var layer in staged)
                layer?.Dispose();
        }
    }

    LayerRecord UnpackBlob(Digest layer, Digest? parent, Digest? diffId, CancellationToken ct)
    {
        using var blob = _content.Open(layer);
        using var staged = Stage(blob, parent, diffId, layer, ct);
        return _snapshots.Commit(staged, parent);
    }

    StagedLayer Stage(Stream blob, Digest? parent, Digest? diffId, Digest? verified, CancellationToken ct)
    {
        using var tar = Decompression.Open(blob, out var compression);
        // A stored blob's digest was verified when it came; uncompressed, it is the layer's.
        Func<Digest>? told = compression == Compression.None && verified is { Algorithm: "sha256" } blobDigest ? () => blobDigest : null;
        return _snapshots.Stage(tar, parent, diffId, told, ct);
    }
}
