using System.Text.Json;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Tar;

namespace Pier.Store.Archives;

/// <summary>An image to be saved under some of its names.</summary>
sealed record SavedImage(Descriptor Target, Descriptor Config, IReadOnlyList<Descriptor> Layers, IReadOnlyList<ImageReference> Names)
{
    /// <summary>What is noted beside its names where the archive lists it; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>
/// Writes images as `docker save` does since version 25: an OCI image layout that also holds the older manifest.json. Blobs go out as
/// they are stored. The same images give the same bytes.
/// </summary>
sealed class ArchiveWriter(Stream output, ContentStore content)
{
    readonly TarWriter _tar = new(output);

    /// <summary>Writes the archive; <paramref name="blobs"/> are all that the images need.</summary>
    internal void Write(IReadOnlyList<SavedImage> images, IEnumerable<Digest> blobs, CancellationToken ct)
    {
        foreach (var directory in new[] { "blobs/", "blobs/sha256/" })
            _tar.Write(
                new TarEntry
                {
                    Name = directory,
                    Kind = TarKind.Directory,
                    Mode = 0x1ED,
                }
            );
        foreach (var blob in blobs.Distinct().OrderBy(b => b.Hex, StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            using var data = content.Open(blob);
            _tar.Write(File(PathOf(blob), data.Length), data);
        }
        WriteDocument("index.json", JsonSerializer.SerializeToUtf8Bytes(Index(images), ImageJson.Plain.ImageIndex));
        WriteDocument(
            "manifest.json",
            JsonSerializer.SerializeToUtf8Bytes([.. images.Select(Entry)], ImageJson.Plain.DockerArchiveEntryArray)
        );
        WriteDocument(
            "oci-layout",
            JsonSerializer.SerializeToUtf8Bytes(
                new ImageLayoutMark { ImageLayoutVersion = ImageLayoutMark.Version },
                ImageJson.Plain.ImageLayoutMark
            )
        );
        _tar.Finish();
    }

    void WriteDocument(string name, byte[] json) => _tar.Write(File(name, json.Length), new MemoryStream(json));

    static TarEntry File(string name, long size) =>
        new()
        {
            Name = name,
            Kind = TarKind.Regular,
            Mode = 0x1A4,
            Size = size,
            Modified = new FileTime(0, 0),
        };

    static ImageIndex Index(IReadOnlyList<SavedImage> images) =>
        new()
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [.. images.SelectMany(i => i.Names.Count == 0 ? [Named(i, null)] : i.Names.Select(n => Named(i, n)))],
        };

    static Descriptor Named(SavedImage image, ImageReference? name)
    {
        var annotations = new Dictionary<string, string>(image.Annotations ?? new Dictionary<string, string>());
        if (name is not null)
        {
            annotations[ImageAnnotations.ContainerdName] = name.ToString();
            annotations[ImageAnnotations.RefName] = name.Tag!;
        }
        return image.Target with { Annotations = annotations.Count > 0 ? annotations : null };
    }

    static DockerArchiveEntry Entry(SavedImage image) =>
        new()
        {
            Config = PathOf(image.Config.Digest),
            RepoTags = image.Names.Count == 0 ? null : [.. image.Names.Select(n => n.Familiar)],
            Layers = [.. image.Layers.Select(l => PathOf(l.Digest))],
        };

    static string PathOf(Digest blob) => $"blobs/{blob.Algorithm}/{blob.Hex}";
}
