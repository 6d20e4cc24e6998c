using Pier.Model;

namespace Pier.Store.Content;

/// <summary>
/// The files of blobs that are coming in: "partial-ALGORITHM-HEX" in the ingest directory. A transfer that breaks, or a daemon that dies,
/// leaves its file for the next one; what nobody takes up within a day goes.
/// </summary>
sealed class PartialBlobs
{
    const string Prefix = "partial-";
    static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    readonly Layout _layout;
    readonly HashSet<string> _open = [];

    internal PartialBlobs(Layout layout)
    {
        _layout = layout;
        foreach (var file in Directory.GetFiles(layout.Ingest))
        {
            if (!Path.GetFileName(file).StartsWith(Prefix, StringComparison.Ordinal))
                File.Delete(file);
        }
        DropOld();
    }

    /// <summary>A second transfer of the same blob at the same time gets a file of its own.</summary>
    internal PartialBlob Open(Descriptor content, ContentStore store)
    {
        var path = Path.Combine(_layout.Ingest, $"{Prefix}{content.Digest.Algorithm}-{content.Digest.Hex}");
        lock (_open)
        {
            if (!_open.Add(path))
                return Open(content.Digest, content.Size, store);
        }
        try
        {
            return new PartialBlob(path, content.Digest, content.Size, store, isKept: true, () => Closed(path));
        }
        catch
        {
            Closed(path);
            throw;
        }
    }

    /// <summary>A file that no later transfer takes up.</summary>
    internal PartialBlob Open(Digest? expected, long size, ContentStore store) =>
        new(Path.Combine(_layout.Ingest, Guid.NewGuid().ToString("N")), expected, size, store, isKept: false, () => { });

    internal void DropOld()
    {
        lock (_open)
        {
            foreach (var file in Directory.GetFiles(_layout.Ingest, Prefix + "*"))
            {
                if (!_open.Contains(file) && DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > Kept)
                    File.Delete(file);
            }
        }
    }

    void Closed(string path)
    {
        lock (_open)
            _open.Remove(path);
    }
}
