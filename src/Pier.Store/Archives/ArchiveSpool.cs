using Pier.Model;
using Pier.Model.Streams;
using Pier.Store.Content;
using Pier.Store.Images;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Archives;

/// <summary>
/// An image archive taken apart. Names in it are keys of a table and never paths of this machine: blobs go straight into the content
/// store (verified), and so does what is too large to be a document; other files go into numbered files of a spool directory, links are
/// resolved in the table. Nothing is durable before the content is settled.
/// </summary>
sealed class ArchiveSpool : IDisposable
{
    const int MaxEntries = 1 << 20,
        MaxLinks = 16;
    const string BlobPrefix = "blobs/sha256/";

    readonly string _directory;
    readonly ContentLease _lease;
    readonly ContentStore _content;
    readonly LayerStaging _staging;
    readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    readonly Dictionary<string, Digest> _blobs = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    ArchiveSpool(string directory, ContentStore content, ContentLease lease, LayerStaging staging) =>
        (_directory, _content, _lease, _staging) = (directory, content, lease, staging);

    /// <summary>Reads an archive (plain or compressed) to its end; what may be layers is unpacked on the way.</summary>
    internal static ArchiveSpool Read(
        Stream archive,
        Layout layout,
        ContentStore content,
        ContentLease lease,
        LayerStaging staging,
        CancellationToken ct
    )
    {
        var spool = new ArchiveSpool(Path.Combine(layout.Spool, Guid.NewGuid().ToString("N")), content, lease, staging);
        try
        {
            Directory.CreateDirectory(spool._directory);
            using var plain = Decompression.Open(archive);
            spool.ReadEntries(new TarReader(plain), ct);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    internal bool Has(string name) => Locate(name) is { } at && (_files.ContainsKey(at) || _blobs.ContainsKey(at));

    /// <summary>Opens a file of the archive; throws <see cref="InvalidParameterException"/> for a name that is not in it.</summary>
    internal FileStream Open(string name)
    {
        var at = Locate(name) ?? throw Missing(name);
        if (_blobs.TryGetValue(at, out var digest))
            return _content.Open(digest);
        return _files.TryGetValue(at, out var file) ? File.OpenRead(file) : throw Missing(name);
    }

    /// <summary>Reads a whole document.</summary>
    internal byte[] ReadDocument(string name)
    {
        using var file = Open(name);
        if (file.Length > ImageDocument.MaxSize)
            throw new InvalidParameterException($"{name} is larger than {ImageDocument.MaxSize} bytes");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The blob that a file already is, or null.</summary>
    internal Digest? BlobOf(string name) => Locate(name) is { } at && _blobs.TryGetValue(at, out var digest) ? digest : null;

    void ReadEntries(TarReader tar, CancellationToken ct)
    {
        var count = 0;
        while (tar.Next() is { } entry)
        {
            ct.ThrowIfCancellationRequested();
            if (++count > MaxEntries)
                throw new CorruptException($"the archive has more than {MaxEntries} entries");
            var name = string.Join('/', ArchivePath.Parts(entry.Name));
            if (entry.Kind == TarKind.Regular)
                ReadFile(entry, tar, name, ct);
            // `docker save` linked equal layers to each other until version 25.
            else if (entry.Kind == TarKind.Symlink)
                _links[name] = $"{Parent(name)}/{entry.LinkName}";
            else if (entry.Kind == TarKind.HardLink)
                _links[name] = entry.LinkName;
        }
    }

    void ReadFile(TarEntry entry, TarReader tar, string name, CancellationToken ct)
    {
        if (entry.Sparse is not null)
            throw new CorruptException($"{ArchivePath.Quote(entry.Name)}: sparse files have no place in an image archive");
        using var data = new EntryStream(tar);
        if (name.StartsWith(BlobPrefix, StringComparison.Ordinal) && Digest.TryParse("sha256:" + name[BlobPrefix.Length..], out var digest))
        {
            if (!_lease.Keep(digest))
                ReadBlob(data, digest, entry.Size, ct);
            _blobs[name] = digest;
            return;
        }
        if (entry.Size > ImageDocument.MaxSize)
        {
            _blobs[name] = ReadBlob(data, null, entry.Size, ct);
            return;
        }
        var path = Path.Combine(_directory, _files.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        data.CopyTo(file, 256 << 10);
        _files[name] = path;
    }

    Digest ReadBlob(Stream data, Digest? expected, long size, CancellationToken ct) =>
        _staging.Wants(size)
            ? _staging.Receive(_content.Receive(expected, size), data, _lease)
            : _lease.WriteLater(data, "", expected, size, ct).Digest;

    // Follows links inside the table; null for a name that leads out, ends nowhere, or goes round.
    string? Locate(string name)
    {
        for (var i = 0; i < MaxLinks; i++)
        {
            if (!ArchivePath.TryParts(name, out var parts))
                return null;
            name = string.Join('/', parts);
            if (_files.ContainsKey(name) || _blobs.ContainsKey(name))
                return name;
            if (!_links.TryGetValue(name, out var target))
                return null;
            name = target;
        }
        return null;
    }

    static string Parent(string name) => name.LastIndexOf('/') is var slash and >= 0 ? name[..slash] : "";

    static InvalidParameterException Missing(string name) => new($"invalid archive: {ArchivePath.Quote(name)} is not in it");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    sealed class EntryStream(TarReader tar) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer) => tar.Read(buffer);
    }
}
