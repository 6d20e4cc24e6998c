using System.Text.Json;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Layers;

namespace Pier.Store.Archives;

/// <summary>
/// What `docker save` writes (Docker image specification v1.2): manifest.json names a configuration and layer tars for each image. The
/// layers have no manifest with digests; one is made.
/// </summary>
static class DockerArchive
{
    internal const string Manifest = "manifest.json";

    internal static IReadOnlyList<ArchivedImage> Read(ArchiveSpool spool, ContentLease lease, CancellationToken ct)
    {
        var entries = Parse(spool.ReadDocument(Manifest));
        // Images share layers: each comes once.
        var layers = new Dictionary<string, Descriptor>(StringComparer.Ordinal);
        return [.. entries.Select(e => ReadImage(e, layers, spool, lease, ct))];
    }

    static ArchivedImage ReadImage(
        DockerArchiveEntry entry,
        Dictionary<string, Descriptor> known,
        ArchiveSpool spool,
        ContentLease lease,
        CancellationToken ct
    )
    {
        var json = spool.ReadDocument(entry.Config);
        var config = ImageDocument.Config(json);
        if (config.RootFs.DiffIds.Length != entry.Layers.Length)
        {
            throw new InvalidParameterException(
                $"invalid manifest, layers length mismatch: expected {config.RootFs.DiffIds.Length}, got {entry.Layers.Length}"
            );
        }
        var layers = entry
            .Layers.Select(l => known.TryGetValue(l, out var layer) ? layer : known[l] = ReadLayer(l, spool, lease, ct))
            .ToArray();
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = lease.WriteLater(json, MediaTypes.OciConfig),
            Layers = layers,
        };
        var target = lease.WriteLater(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), MediaTypes.OciManifest);
        return new ArchivedImage(target, [.. (entry.RepoTags ?? []).Select(t => ImageReference.Parse(t).WithDefaultTag())]);
    }

    static Descriptor ReadLayer(string name, ArchiveSpool spool, ContentLease lease, CancellationToken ct)
    {
        using var file = spool.Open(name);
        using var layer = LayerFormat.Open(file, out var type, out var isAsStored);
        return isAsStored && spool.BlobOf(name) is { } digest
            ? new Descriptor
            {
                MediaType = type,
                Digest = digest,
                Size = file.Length,
            }
            : lease.WriteLater(layer, type, null, null, ct);
    }

    static DockerArchiveEntry[] Parse(byte[] json)
    {
        try
        {
            var entries = JsonSerializer.Deserialize(json, ImageJson.Plain.DockerArchiveEntryArray);
            return entries is { Length: > 0 } && !Array.Exists(entries, e => e is null || Array.Exists(e.Layers, l => l is null))
                ? entries
                : throw new InvalidParameterException("invalid archive: manifest.json names no image");
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"invalid archive: manifest.json: {e.Message}", e);
        }
    }
}
