using System.Text.Json;
using Pier.Model;

namespace Pier.Cli.Builds.Sessions;

/// <summary>A directory of this machine as an OCI image layout (image-layout.md) that holds a build cache or an image.</summary>
sealed class ContentDirectory(string root)
{
    string Index => Path.Combine(root, "index.json");

    public long? Size(Digest digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    public FileStream Open(Digest digest) => File.OpenRead(PathOf(digest));

    /// <summary>A file for a blob that comes in. It gets its name by <see cref="Adopt"/>.</summary>
    public FileStream Begin()
    {
        var directory = Directory.CreateDirectory(Path.Combine(root, "ingest"));
        return new FileStream(
            Path.Combine(directory.FullName, Guid.NewGuid().ToString("N")),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            0
        );
    }

    /// <summary>The blob is whole and what it should be.</summary>
    public void Adopt(string file, Digest digest)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(digest))!);
        File.Move(file, PathOf(digest), overwrite: true);
    }

    /// <summary>What a tag names, or null.</summary>
    public Descriptor? Find(string tag) => Read().Manifests.FirstOrDefault(m => m.Annotation(ImageAnnotations.RefName) == tag);

    /// <summary>The tag names a manifest from now on.</summary>
    public void Name(Descriptor manifest, string tag)
    {
        Directory.CreateDirectory(root);
        var annotations = new Dictionary<string, string>(manifest.Annotations ?? []) { [ImageAnnotations.RefName] = tag };
        var named = manifest with { Annotations = annotations };
        var others = Read().Manifests.Where(m => m.Annotation(ImageAnnotations.RefName) != tag);
        var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. others, named] };
        var mark = new ImageLayoutMark { ImageLayoutVersion = ImageLayoutMark.Version };
        Replace(Path.Combine(root, "oci-layout"), JsonSerializer.SerializeToUtf8Bytes(mark, ImageJson.Plain.ImageLayoutMark));
        Replace(Index, JsonSerializer.SerializeToUtf8Bytes(index, ImageJson.Plain.ImageIndex));
    }

    ImageIndex Read() => File.Exists(Index) ? ImageDocument.Index(File.ReadAllBytes(Index)) : new ImageIndex { Manifests = [] };

    static void Replace(string path, byte[] content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }

    string PathOf(Digest digest) => Path.Combine(root, "blobs", digest.Algorithm, digest.Hex);
}
