using Pier.Model;

namespace Pier.Store.Images;

/// <summary>What an image takes on disk, blobs and unpacked layers together; Shared is the part that other images have too.</summary>
public sealed record ImageUsage(Digest Id, long Size, long Shared);

public sealed partial class ImageStore
{
    /// <summary>Bytes on disk of every image.</summary>
    public IReadOnlyList<ImageUsage> Usage() =>
        Border.Cross<IReadOnlyList<ImageUsage>>(() =>
        {
            var parts = _known.All.GroupBy(k => k.Documents.Id).ToDictionary(g => g.Key, g => PartsOf([.. g.Select(k => k.Entry)]));
            var users = parts.Values.SelectMany(p => p.Keys).GroupBy(k => k).ToDictionary(g => g.Key, g => g.Count());
            return
            [
                .. parts.Select(i => new ImageUsage(i.Key, i.Value.Values.Sum(), i.Value.Where(p => users[p.Key] > 1).Sum(p => p.Value))),
            ];
        });

    /// <summary>Every stack of layers that is an image's or the lower part of one.</summary>
    public IReadOnlySet<Digest> Stacks() =>
        Border.Cross<IReadOnlySet<Digest>>(() => _known.All.SelectMany(k => k.Documents.Chains).ToHashSet());

    // Blobs and layers have names of one kind: an uncompressed base layer has the same one twice.
    Dictionary<(bool IsLayer, Digest Digest), long> PartsOf(Descriptor[] targets)
    {
        var (blobs, chains) = (new HashSet<Digest>(), new HashSet<Digest>());
        foreach (var descriptor in targets.SelectMany(t => MarkTarget(t, blobs)))
        {
            if (_reader.Documents(descriptor) is { } documents)
                chains.UnionWith(documents.Chains);
        }
        var result = blobs.ToDictionary(b => (false, b), _content.Usage);
        foreach (var chain in chains)
            result[(true, chain)] = _snapshots.LayerUsage(chain);
        return result;
    }
}
