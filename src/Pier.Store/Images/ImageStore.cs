using Pier.Model;

namespace Pier.Store.Images;

/// <summary>The images of a root: names, lookup, import, load, removal. Thread-safe.</summary>
public sealed partial class ImageStore
{
    /// <summary>Every image once, also dangling ones; newest first.</summary>
    public IReadOnlyList<Image> List() => throw new NotImplementedException();

    /// <summary>By name, name:tag, name@digest, id or unique id prefix; null when there is none.</summary>
    public Image? Find(string reference) => throw new NotImplementedException();

    /// <summary>As <see cref="Find"/>; throws <see cref="NotFoundException"/> "No such image: x:latest".</summary>
    public Image Resolve(string reference) => throw new NotImplementedException();

    /// <summary>Gives an image one more name (a tag or a digest reference); the name leaves the image that had it, which stays, dangling.</summary>
    public void Tag(Image image, ImageReference name) => throw new NotImplementedException();

    /// <summary>
    /// Removes names, and the image with what only it used, by Docker's rules. <paramref name="users"/> tells which containers use an image.
    /// Throws <see cref="ConflictException"/> and <see cref="NotFoundException"/> with Docker's texts.
    /// </summary>
    public IReadOnlyList<RemovedImage> Remove(string reference, bool force, bool prune, Func<Digest, IReadOnlyList<ImageUser>> users) => throw new NotImplementedException();

    /// <summary>Makes a one-layer image of a root file system's tar (plain or gzip).</summary>
    public Image Import(Stream tar, ImportOptions options, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Brings in the images of a `docker save` archive or an OCI archive (plain or gzip). All or nothing a name; a broken archive leaves nothing.</summary>
    public IReadOnlyList<LoadedName> Load(Stream archive, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>The hello-world image that the binary embeds, brought into the store if it is not there.</summary>
    public Image EnsureHelloWorld() => throw new NotImplementedException();
}
