using Pier.Build.Frontend;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>Removes names, and images that no name and no container holds.</summary>
    public Task<IReadOnlyList<ImageRemoval>> RemoveAsync(
        string reference,
        bool force,
        bool prune,
        IReadOnlyList<Platform> platforms,
        CancellationToken ct
    )
    {
        // The platforms of an image stand and fall together: what would take others with it is refused.
        foreach (var platform in platforms)
            if (!parts.Store.Images.HasOnly(parts.Store.Images.Resolve(reference, platform), platforms))
                throw new UnsupportedException(
                    $"single platforms of an image cannot be removed: {reference} has others than those asked for"
                );
        var removed = parts.Store.Images.Remove(reference, force, prune, Users);
        foreach (var row in removed)
        {
            if (row.Untagged is { } name)
                Publish("untag", name, name);
            else if (row.Deleted is { } id)
                Publish("delete", id, id);
        }
        return Task.FromResult<IReadOnlyList<ImageRemoval>>([.. removed.Select(r => new ImageRemoval(r.Untagged, r.Deleted))]);
    }

    public Task TagAsync(string reference, string repository, string tag, CancellationToken ct)
    {
        var image = parts.Store.Images.Resolve(reference);
        var name =
            Name(repository, tag) ?? throw new InvalidParameterException("invalid reference format: repository name must not be empty");
        parts.Store.Images.Tag(image, name);
        Publish("tag", image.Id.ToString(), name.Familiar);
        return Task.CompletedTask;
    }

    /// <summary>The answer is the image id.</summary>
    public async Task<string> ImportAsync(ImportImage request, Stream tar, CancellationToken ct)
    {
        var options = new ImportOptions
        {
            Name = Name(request.Repository, request.Tag),
            Config = ConfigChanges.Apply(new ContainerConfig(), request.Changes),
            Platform = request.Platform is { Length: > 0 } platform ? Platform.Parse(platform) : null,
        };
        if (request.Message is { Length: > 0 } message)
            options = options with { Message = message };
        // The store works synchronously: the request's body is read on a thread of its own.
        var image = await Task.Run(() => parts.Store.Images.Import(tar, options, ct), ct).ConfigureAwait(false);
        Publish("import", image.Id.ToString(), image.Id.ToString());
        return image.Id.ToString();
    }

    public async Task<IReadOnlyList<LoadedImage>> LoadAsync(Stream archive, Platform? platform, CancellationToken ct)
    {
        var loaded = await Task.Run(() => parts.Store.Images.Load(archive, platform, ct), ct).ConfigureAwait(false);
        foreach (var image in loaded)
            Publish("load", image.Id.ToString(), image.Reference ?? image.Id.ToString());
        return [.. loaded.Select(l => new LoadedImage(l.Reference, l.Id.ToString()))];
    }

    static ImageReference? Name(string? repository, string? tag)
    {
        if (repository is null or "")
            return null;
        var reference = ImageReference.Parse(repository);
        return (tag is null or "" ? reference : reference.WithTag(tag)).WithDefaultTag();
    }
}
