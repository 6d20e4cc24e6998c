using System.Collections.Immutable;
using Pier.Model;
using Pier.Store.Builds;
using Pier.Store.Content;
using Pier.Store.Layers;
using Pier.Store.Snapshots;

namespace Pier.Store.Images;

/// <summary>The images of a root: names, lookup, import, load, removal. Thread-safe.</summary>
public sealed partial class ImageStore
{
    readonly Layout _layout;
    readonly ContentStore _content;
    readonly SnapshotStore _snapshots;
    readonly BuildCacheStore _builds;
    readonly ImageCatalog _catalog;
    readonly ImageReader _reader;
    readonly KnownImages _known;

    internal ImageStore(Layout layout, ContentStore content, SnapshotStore snapshots, BuildCacheStore builds)
    {
        (_layout, _content, _snapshots, _builds) = (layout, content, snapshots, builds);
        _catalog = new ImageCatalog(layout);
        _reader = new ImageReader(content);
        _known = new KnownImages(_catalog, _reader);
        snapshots.Released = chain =>
        {
            // A forced removal left the layers to the container that used them.
            if (!_known.All.Any(k => k.Documents.Chains.Contains(chain)))
                Collect();
        };
    }

    /// <summary>Whether the list of images is not the last one that was written.</summary>
    internal bool HasDamage => _catalog.Damage is not null;

    /// <summary>Every image once, also dangling ones; newest first.</summary>
    public IReadOnlyList<Image> List() => Border.Cross<IReadOnlyList<Image>>(() => [.. _known.Images.Select(Sized)]);

    /// <summary>
    /// By name, name:tag, name@digest, id or unique id prefix; null when there is none. Throws for what can be no name at all.
    /// </summary>
    public Image? Find(string reference) =>
        Border.Cross(() =>
        {
            if (FindId(reference, out var entry) is not { } id || ById(id) is not { } image)
                return null;
            // Two names of one image may point to different things: to a manifest, and to an index that has it.
            return entry is null ? image : image with { Target = ImageCatalog.Entry(entry, null) };
        });

    /// <summary>As <see cref="Find"/>; throws <see cref="NotFoundException"/> "No such image: x:latest".</summary>
    public Image Resolve(string reference) => Find(reference) ?? throw new NotFoundException($"No such image: {Shown(reference)}");

    /// <summary>
    /// Gives an image one more name (a tag or a digest reference); the name leaves the image that had it, which stays, dangling.
    /// </summary>
    public void Tag(Image image, ImageReference name) => Border.Cross(() => Name(image.Target, name.WithDefaultTag()));

    /// <summary>
    /// Makes a target that is wholly in the content store an image, unpacks its layers for this host, and names it (null: dangling unless
    /// named already). The caller holds a lease on the content.
    /// </summary>
    public Image Add(Descriptor target, ImageReference? name, ContentLease lease, CancellationToken ct = default) =>
        Add(target, name, lease, ct, []);

    Image Add(Descriptor target, ImageReference? name, ContentLease lease, CancellationToken ct, IReadOnlyCollection<Digest> unsettled) =>
        Border.Cross(() =>
        {
            var documents = _reader.Read(target, Platform.Host);
            Unpack(documents, lease, ct);
            _content.Settle(unsettled);
            Name(target, name?.WithDefaultTag());
            return ById(documents.Id) ?? throw new NotFoundException($"No such image: {documents.Id}: it was removed in the same moment");
        });

    /// <summary>Unpacks what a crash of the machine took from the snapshots; answers the images that could not be helped.</summary>
    internal IReadOnlyList<string> Restore()
    {
        List<string> lost = _catalog.Damage is { } damage ? [damage] : [];
        using var lease = _content.Lease();
        foreach (var documents in _known.All.Select(k => k.Documents).Where(d => !d.Chains.All(_snapshots.Has)).ToArray())
        {
            try
            {
                Unpack(documents, lease, CancellationToken.None);
            }
            catch (EngineException e)
            {
                lost.Add($"the layers of image {documents.Id} cannot be unpacked: {e.Message}");
            }
        }
        lost.AddRange(
            _known.Damaged.Select(d =>
                $"the image {ImageCatalog.NameOf(d.Entry) ?? d.Entry.Digest.ToString()} cannot be read ({d.Reason}): nothing is removed "
                + "from the store until `pier debug store --repair` has taken it out"
            )
        );
        return lost;
    }

    void Name(Descriptor target, ImageReference? name) => Name([(target, name)]);

    // All of them in one step, the later ones as if after the earlier ones.
    void Name(IReadOnlyList<(Descriptor Target, ImageReference? Name)> names) =>
        _catalog.Update(entries =>
        {
            var added = names
                .Where(n => n.Name is not null)
                .GroupBy(n => n.Name!.ToString(), n => ImageCatalog.Entry(n.Target, n.Name))
                .ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
            var named = added.Values.Select(e => e.Digest).ToHashSet();
            // A target has one nameless entry or names, never both.
            List<Descriptor> now =
            [
                .. entries.Where(e => ImageCatalog.NameOf(e) is { } old ? !added.ContainsKey(old) : !named.Contains(e.Digest)),
                .. added.Values,
            ];
            var there = now.Select(e => e.Digest).ToHashSet();
            // What lost its last name stays, dangling; so does what never had one.
            var nameless = names
                .Select(n => n.Target)
                .Concat(entries)
                .Where(e => there.Add(e.Digest))
                .Select(e => ImageCatalog.Entry(e, null));
            return [.. now, .. nameless];
        });

    Image? ById(Digest id) => _known.ById(id) is { } found ? Sized(found) : null;

    // Layers may have been unpacked since.
    Image Sized((Image Image, IReadOnlyList<Digest> Chains) known) => known.Image with { Size = known.Chains.Sum(_snapshots.LayerSize) };

    Digest? FindId(string text, out Descriptor? entry)
    {
        entry = null;
        if (Digest.TryParse(text, out var digest) || Digest.TryParse("sha256:" + text, out digest))
            return _known.ById(digest) is null ? null : digest;
        var reference = ImageReference.Parse(text).WithDefaultTag();
        return IdOf(reference, out entry) ?? IdByPrefix(text);
    }

    Digest? IdOf(ImageReference reference, out Descriptor? found)
    {
        foreach (var (entry, documents) in _known.All)
        {
            if (ImageCatalog.NameOf(entry) is not { } name)
                continue;
            if (!(reference.Digest is null ? name == reference.ToString() : IsDigestOf(reference, name, entry, documents)))
                continue;
            found = entry;
            return documents.Id;
        }
        found = null;
        return null;
    }

    // NAME@DIGEST means the repository's manifest or index with that digest, by whatever tag it is here.
    static bool IsDigestOf(ImageReference reference, string name, Descriptor entry, ImageDocuments documents) =>
        ImageReference.Parse(name).Name == reference.Name
        && (entry.Digest == reference.Digest || documents.Descriptor.Digest == reference.Digest);

    // More than one match is none, as in Docker.
    Digest? IdByPrefix(string text)
    {
        var hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text[7..] : text;
        if (hex.Length == 0 || hex.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            return null;
        var matches = _known.Images.Select(k => k.Image.Id).Where(id => id.Hex.StartsWith(hex, StringComparison.Ordinal)).Take(2).ToArray();
        return matches.Length == 1 ? matches[0] : null;
    }

    static string Shown(string reference) =>
        ImageReference.TryParse(reference, out var parsed) ? parsed.WithDefaultTag().Familiar : reference;
}
