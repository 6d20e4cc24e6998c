using Pier.Model;
using Pier.Store.Archives;
using Pier.Store.Layers;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Writes images as a `docker save` archive. A name with a tag saves the image under that name, a bare repository under all its tags,
    /// an id without a name; of one platform, its manifest takes the place of the index. Nothing is written when a reference is unknown.
    /// </summary>
    public void Save(IReadOnlyList<string> references, Stream output, Platform? platform = null, CancellationToken ct = default) =>
        WithLease(lease =>
        {
            var images = references
                .SelectMany(r => Saved(r, platform))
                .GroupBy(i => i.Target.Digest)
                .Select(g => g.First() with { Names = [.. g.SelectMany(i => i.Names).Distinct()] })
                .ToArray();
            var blobs = new HashSet<Digest>();
            foreach (var image in images)
                MarkTarget(image.Target, blobs);
            // A removal meanwhile must not take away what is still to be written.
            foreach (var blob in blobs)
                lease.Hold(blob);
            using var awaited = new AwaitedWriteStream(output, ct);
            new ArchiveWriter(awaited, _content).Write(images, blobs.Where(_content.Has), ct);
            awaited.Flush();
            return true;
        });

    IEnumerable<SavedImage> Saved(string text, Platform? platform)
    {
        var whole = WholeRepository(text, platform);
        if (whole.Count > 0)
            return whole;
        var image = Resolve(text);
        if (platform is not null)
            image = Alone(Of(image, platform, text));
        var byName = !IsIdPrefix(image.Id, text) && ImageReference.Parse(text) is { Digest: null };
        return [Saved(image, byName ? [ImageReference.Parse(text).WithDefaultTag()] : [])];
    }

    // A bare repository name means all of its tags.
    List<SavedImage> WholeRepository(string text, Platform? platform)
    {
        if (!ImageReference.TryParse(text, out var reference) || reference.Tag is not null || reference.Digest is not null)
            return [];
        return
        [
            .. List()
                .SelectMany(i => i.Tags)
                .Where(t => t.Name == reference.Name)
                .Select(t => (Name: t, Image: Resolve(t.ToString())))
                .Select(i => Saved(platform is null ? i.Image : Alone(Of(i.Image, platform, text)), [i.Name])),
        ];
    }

    static Image Alone(Image image) => image with { Target = image.ManifestDescriptor };

    static SavedImage Saved(Image image, IReadOnlyList<ImageReference> names) =>
        new(image.Target, image.Manifest.Config, image.Manifest.Layers, names);
}
