using System.Collections.Immutable;
using Pier.Model;

namespace Pier.Store.Images;

/// <summary>
/// What the catalog's entries stand for. Read once for each state of the catalog, whose array is another one then: content does not change,
/// and what an entry needs is not removed before the entry.
/// </summary>
sealed class KnownImages(ImageCatalog catalog, ImageReader reader)
{
    volatile Snapshot? _last;

    /// <summary>Every entry that can be read, in the catalog's order.</summary>
    internal ImmutableArray<(Descriptor Entry, ImageDocuments Documents)> All => Now.All;

    /// <summary>The entries whose documents are here and cannot be read, with the reason.</summary>
    internal ImmutableArray<(Descriptor Entry, string Reason)> Damaged => Now.Damaged;

    /// <summary>
    /// Every image once, newest first, with the chain ids of its layers; without sizes, which are the snapshots' to tell.
    /// </summary>
    internal ImmutableArray<(Image Image, IReadOnlyList<Digest> Chains)> Images => Now.Images;

    /// <summary>The image of an id, or null.</summary>
    internal (Image Image, IReadOnlyList<Digest> Chains)? ById(Digest id) => Now.ById.TryGetValue(id, out var found) ? found : null;

    Snapshot Now
    {
        get
        {
            var entries = catalog.Entries;
            if (_last is { } last && last.Entries == entries)
                return last;
            var damaged = new List<(Descriptor, string)>();
            ImmutableArray<(Descriptor, ImageDocuments)> all = [.. Read(entries, damaged)];
            return _last = new Snapshot(entries, all) { Damaged = [.. damaged] };
        }
    }

    IEnumerable<(Descriptor Entry, ImageDocuments Documents)> Read(ImmutableArray<Descriptor> entries, List<(Descriptor, string)> damaged)
    {
        foreach (var entry in entries)
        {
            ImageDocuments? documents = null;
            try
            {
                documents = reader.Read(entry, Platform.Host);
            }
            catch (InvalidParameterException e)
            {
                damaged.Add((entry, e.Message));
            }
            catch (EngineException)
            {
                // A blob is gone or cannot be read: the others must still be usable.
            }
            if (documents is not null)
                yield return (entry, documents);
        }
    }

    /// <summary>One image from all the entries that mean it.</summary>
    internal static (Image Image, IReadOnlyList<Digest> Chains) Describe((Descriptor Entry, ImageDocuments Documents)[] mine)
    {
        // The descriptor without a name's annotations.
        var (target, documents) = (ImageCatalog.Entry(mine[^1].Entry, null), mine[^1].Documents);
        var names = mine.Select(m => ImageCatalog.NameOf(m.Entry))
            .OfType<string>()
            .Order(StringComparer.Ordinal)
            .Select(ImageReference.Parse)
            .ToArray();
        return (
            new Image
            {
                Id = documents.Id,
                Config = documents.Config,
                Target = target,
                ManifestDescriptor = documents.Descriptor,
                Manifest = documents.Manifest,
                Tags = [.. names.Where(n => n.Digest is null)],
                Digests = [.. names.Where(n => n.Digest is not null)],
                Size = 0,
                LastTagged = mine.Max(m => ImageCatalog.TaggedAt(m.Entry)),
            },
            documents.Chains
        );
    }

    sealed class Snapshot(ImmutableArray<Descriptor> entries, ImmutableArray<(Descriptor Entry, ImageDocuments Documents)> all)
    {
        internal ImmutableArray<Descriptor> Entries { get; } = entries;
        internal ImmutableArray<(Descriptor Entry, ImageDocuments Documents)> All { get; } = all;
        internal required ImmutableArray<(Descriptor Entry, string Reason)> Damaged { get; init; }

        internal ImmutableArray<(Image Image, IReadOnlyList<Digest> Chains)> Images { get; } =
        [.. all.GroupBy(k => k.Documents.Id).Select(g => Describe([.. g])).OrderByDescending(i => i.Image.Config.Created)];

        internal Dictionary<Digest, (Image Image, IReadOnlyList<Digest> Chains)> ById => field ??= Images.ToDictionary(i => i.Image.Id);
    }
}
