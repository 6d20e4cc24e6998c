using System.Text.Json;
using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Build.Cache.Portable;

/// <summary>Writes steps down as a cache document. The same steps give the same bytes.</summary>
public static class CacheWriter
{
    /// <summary>The document, its layers as <paramref name="blobs"/> has them by the digest of their uncompressed tar.</summary>
    public static byte[] Write(IEnumerable<CacheEntry> entries, IReadOnlyDictionary<Digest, Descriptor> blobs)
    {
        var (layers, index) = (new List<CacheDocumentLayer>(), new Dictionary<(int, Digest), int>());
        var records = Records(
            entries,
            tree =>
            {
                var at = -1;
                foreach (var layer in tree.Layers)
                    at = Place(layers, index, at, layer, blobs[layer.DiffId]);
                return new CacheDocumentRecord { Results = [new CacheDocumentResult { Layer = at, CreatedAt = tree.Layers[^1].Created }] };
            }
        );
        return JsonSerializer.SerializeToUtf8Bytes(
            new CacheDocument { Layers = [.. layers], Records = [.. records] },
            CacheJson.Default.CacheDocument
        );
    }

    /// <summary>
    /// What an image says of its own layers (moby.buildkit.cache.v0): the records alone, for steps whose layers are all among the image's.
    /// </summary>
    public static byte[] WriteInline(IEnumerable<CacheEntry> entries, IReadOnlyList<BuiltLayer> image)
    {
        var places = new Dictionary<Digest, int>();
        for (var i = 0; i < image.Count; i++)
            places.TryAdd(image[i].DiffId, i);
        var records = Records(
            entries.Where(e => e.Tree.Layers.All(l => places.ContainsKey(l.DiffId))),
            tree =>
            {
                var created = tree.Layers[^1].Created;
                return tree.Layers.Count <= image.Count && tree.Layers.Select((l, i) => l.DiffId == image[i].DiffId).All(same => same)
                    ? new CacheDocumentRecord { Results = [new CacheDocumentResult { Layer = tree.Layers.Count - 1, CreatedAt = created }] }
                    : new CacheDocumentRecord
                    {
                        Chains = [new CacheDocumentChain { Layers = [.. tree.Layers.Select(l => places[l.DiffId])], CreatedAt = created }],
                    };
            }
        );
        return JsonSerializer.SerializeToUtf8Bytes([.. records], CacheJson.Default.CacheDocumentRecordArray);
    }

    // A record a key, in the order of the keys. Steps that made nothing over nothing are made again in no time.
    static List<CacheDocumentRecord> Records(IEnumerable<CacheEntry> entries, Func<BuiltTree, CacheDocumentRecord> write)
    {
        var records = new List<CacheDocumentRecord>();
        var keys = entries
            .Where(e => e.Tree.Layers.Count > 0)
            .SelectMany(e => e.Keys.Select(k => (Key: k, Entry: e)))
            .DistinctBy(k => k.Key);
        foreach (var (key, entry) in keys.OrderBy(k => k.Key, StringComparer.Ordinal))
            records.Add(write(entry.Tree) with { Digest = "sha256:" + key, Identity = entry.Identity == key ? null : entry.Identity });
        return records;
    }

    static int Place(List<CacheDocumentLayer> layers, Dictionary<(int, Digest), int> index, int below, BuiltLayer layer, Descriptor blob)
    {
        if (index.TryGetValue((below, layer.DiffId), out var known))
            return known;
        layers.Add(
            new CacheDocumentLayer
            {
                Blob = blob.Digest.ToString(),
                Parent = below,
                Annotations = new CacheDocumentAnnotations
                {
                    MediaType = blob.MediaType,
                    DiffId = layer.DiffId.ToString(),
                    Size = blob.Size,
                    CreatedAt = layer.Created,
                },
            }
        );
        return index[(below, layer.DiffId)] = layers.Count - 1;
    }
}
