using Pier.Model;
using Pier.Store.Archives;
using Pier.Store.Content;
using Pier.Store.Layers;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Brings in the images (of one platform, or all) of a `docker save` archive or an OCI archive (plain or compressed). All of them or
    /// none; a broken archive leaves nothing.
    /// </summary>
    public IReadOnlyList<LoadedName> Load(Stream archive, Platform? platform = null, CancellationToken ct = default) =>
        WithLease(lease =>
        {
            using var staging = new LayerStaging(_snapshots, ct);
            using var spool = ArchiveSpool.Read(new AwaitedReadStream(archive, ct), _layout, _content, lease, staging, ct);
            var images = ReadArchive(spool, lease, ct)
                .Select(i => platform is null ? i : Alone(i, platform))
                .Select(i => (Archived: i, Documents: _reader.Read(i.Target, Platform.Host)))
                .ToArray();
            // Everything is unpacked, verified and on the disk before the first name appears.
            foreach (var (_, documents) in images)
                Unpack(documents, lease, ct, staging);
            _content.Settle(lease.Held);
            Name([.. images.SelectMany(i => i.Archived.Names.DefaultIfEmpty<ImageReference?>(null).Select(n => (i.Archived.Target, n)))]);
            return images.SelectMany(i => Loaded(i.Archived, i.Documents.Id)).ToArray();
        });

    // What else the archive brought is nobody's and goes with the lease.
    ArchivedImage Alone(ArchivedImage archived, Platform platform)
    {
        var found =
            _reader.Find(archived.Target, platform)
            ?? throw new NotFoundException($"the archive has no image of the specified platform ({platform})");
        return archived with { Target = found.Descriptor };
    }

    IReadOnlyList<ArchivedImage> ReadArchive(ArchiveSpool spool, ContentLease lease, CancellationToken ct)
    {
        // Newer archives are both; the layout keeps manifests and indexes as they were.
        if (spool.Has(OciArchive.Mark) && spool.Has(OciArchive.Index))
            return OciArchive.Read(spool, _content);
        return spool.Has(DockerArchive.Manifest)
            ? DockerArchive.Read(spool, lease, ct)
            : throw new InvalidParameterException("invalid archive: it has neither manifest.json (docker save) nor oci-layout (OCI)");
    }

    static IEnumerable<LoadedName> Loaded(ArchivedImage archived, Digest id) =>
        archived.Names.Count == 0 ? [new LoadedName(null, id)] : archived.Names.Select(n => new LoadedName(n.Familiar, id));
}
