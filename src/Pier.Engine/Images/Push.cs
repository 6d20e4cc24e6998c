using Pier.Distribution.Push;
using Pier.Model;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>
    /// Pushes a name to its registry; without a tag, every tag of the repository (docker push -a) or "latest". An index is pushed as it is
    /// when all of it is here, and otherwise one platform's manifest alone. Plain layers are compressed first (decision 0043). The answer
    /// is what the registry has of the last name.
    /// </summary>
    public async Task<Descriptor> PushAsync(
        string repository,
        string? tag,
        bool all,
        Platform? platform,
        RegistryAuth? auth,
        Func<ImageProgress, ValueTask> progress,
        CancellationToken ct
    )
    {
        var asked = ImageReference.Parse(repository);
        var names = all
            ? [.. parts.Store.Images.List().SelectMany(i => i.Tags).Where(t => t.Name == asked.Name)]
            : new List<ImageReference> { (tag is { Length: > 0 } ? asked.WithTag(tag) : asked).WithDefaultTag() };
        if (names.Count == 0)
            throw new NotFoundException($"An image does not exist locally with the tag: {asked.FamiliarName}");
        Descriptor? last = null;
        foreach (var name in names)
        {
            if (parts.Store.Images.Find(name.Familiar) is null)
                throw new NotFoundException($"An image does not exist locally with the tag: {asked.FamiliarName}");
            var image = parts.Store.Images.Resolve(name.Familiar, platform);
            var isTarget = platform is null && parts.Store.Images.IsWhole(image.Target);
            await progress(new ImageProgress(null, $"The push refers to repository [{asked.Name}]")).ConfigureAwait(false);
            using var lease = parts.Store.Content.Lease();
            var pushed = await Task.Run(() => parts.Store.Images.Pack(isTarget ? image.Target : image.ManifestDescriptor, lease, ct), ct)
                .ConfigureAwait(false);
            var source = new StorePushSource(parts.Store.Content, _ => MountCandidates(name));
            await Told(
                    progress,
                    async report =>
                    {
                        await parts.Registries.PushAsync(name, pushed, source, Source(name, auth), report, ct).ConfigureAwait(false);
                        return true;
                    }
                )
                .ConfigureAwait(false);
            if (platform is null && !isTarget)
                await progress(
                        new ImageProgress(
                            null,
                            "Not all multiplatform-content is present and only the available single-platform image was pushed"
                        )
                    )
                    .ConfigureAwait(false);
            // The name by digest that a pull would give.
            if (isTarget)
                parts.Store.Images.Tag(image with { Target = pushed }, name.WithDigest(pushed.Digest));
            await progress(new ImageProgress(null, $"{name.Tag}: digest: {pushed.Digest} size: {pushed.Size}")).ConfigureAwait(false);
            Publish("push", name.Familiar, name.FamiliarName);
            last = pushed;
        }
        return last!;
    }

    /// <summary>
    /// Pushes what a build has written, under a tag or, when the name has none, by digest. Plain layers are compressed first, unless it is
    /// to go as it is; the answer is what the registry has.
    /// </summary>
    public async Task<Descriptor> PushAsync(
        Descriptor target,
        ImageReference name,
        bool asItIs,
        bool insecure,
        RegistryAuth? auth,
        CancellationToken ct
    )
    {
        using var lease = parts.Store.Content.Lease();
        var pushed = asItIs ? target : await Task.Run(() => parts.Store.Images.Pack(target, lease, ct), ct).ConfigureAwait(false);
        var source = new StorePushSource(parts.Store.Content, _ => MountCandidates(name));
        await parts.Registries.PushAsync(name, pushed, source, Source(name, auth), null, ct, insecure).ConfigureAwait(false);
        Publish("push", name.Familiar, name.FamiliarName);
        return pushed;
    }

    /// <summary>Other repositories of the same registry that images here came from: they may share their blobs.</summary>
    List<string> MountCandidates(ImageReference name) =>
        [
            .. parts
                .Store.Images.List()
                .SelectMany(i => i.Tags.Concat(i.Digests))
                .Where(t => t.Domain == name.Domain && t.Path != name.Path)
                .Select(t => t.Path)
                .Distinct()
                .Take(4),
        ];

    /// <summary>Checks credentials; the answer is an identity token or null.</summary>
    public Task<string?> LoginAsync(string domain, RegistryAuth auth, CancellationToken ct) =>
        parts.Registries.LoginAsync(domain is "" or "https://index.docker.io/v1/" ? "docker.io" : domain, auth.Credentials, ct);
}
