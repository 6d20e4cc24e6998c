using Pier.Distribution;
using Pier.Distribution.Credentials;
using Pier.Distribution.Pull;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Images;

/// <summary>
/// One message of a pull or push: Docker's "status" with the layer's short id, or the whole transfer's when Id is null. Bytes where there
/// is a bar.
/// </summary>
public sealed record ImageProgress(string? Id, string Status, long? Current = null, long? Total = null);

/// <summary>Credentials that came with a request: for the one registry that the request is about.</summary>
public sealed record RegistryAuth(string Username, string Password, string? IdentityToken, string? RegistryToken)
{
    internal RegistryCredentials Credentials =>
        new()
        {
            Username = Username,
            Password = Password,
            IdentityToken = IdentityToken is { Length: > 0 } ? IdentityToken : null,
            RegistryToken = RegistryToken is { Length: > 0 } ? RegistryToken : null,
        };
}

public sealed partial class ImageService
{
    /// <summary>
    /// Brings an image in by name: hello-world out of the binary, everything else from its registry. Progress is told in order; a slow
    /// listener slows nothing down but the end. <paramref name="allTags"/> means every tag of a bare repository name, else it is "latest".
    /// </summary>
    public async Task PullAsync(
        string reference,
        bool allTags,
        string? platform,
        RegistryAuth? auth,
        Func<ImageProgress, ValueTask> progress,
        CancellationToken ct
    )
    {
        var asked = ImageReference.Parse(reference);
        if (!allTags || asked.Tag is not null || asked.Digest is not null)
        {
            await PullOneAsync(asked.WithDefaultTag(), platform, auth, progress, ct).ConfigureAwait(false);
            return;
        }
        var tags = await parts.Registries.TagsAsync(asked, Source(asked, auth), ct).ConfigureAwait(false);
        if (tags.Count == 0)
            throw new NotFoundException($"No tags found for remote repository {asked.FamiliarName}");
        foreach (var tag in tags)
            await PullOneAsync(asked.WithTag(tag), platform, auth, progress, ct).ConfigureAwait(false);
    }

    async Task PullOneAsync(
        ImageReference name,
        string? platform,
        RegistryAuth? auth,
        Func<ImageProgress, ValueTask> progress,
        CancellationToken ct
    )
    {
        if (name is { FamiliarName: "hello-world", Tag: "latest" })
        {
            await PullEmbeddedAsync(name, progress).ConfigureAwait(false);
            return;
        }
        var wanted = platform is { Length: > 0 } ? Platform.Parse(platform) : null;
        // A pull that fails before anything came is an answer of its own: nothing is said until then.
        var begun = false;
        async ValueTask Say(ImageProgress step)
        {
            if (!begun)
                await progress(new ImageProgress(name.Tag ?? name.Digest.ToString(), $"Pulling from {name.Path}")).ConfigureAwait(false);
            begun = true;
            await progress(step).ConfigureAwait(false);
        }

        var before = parts.Store.Images.Find(name.Familiar)?.Id;
        var (image, digest) = await FetchAsync(name, wanted, auth, Say, ct).ConfigureAwait(false);
        await Say(new ImageProgress(null, $"Digest: {digest}")).ConfigureAwait(false);
        await Say(
                new ImageProgress(
                    null,
                    before == image.Id
                        ? $"Status: Image is up to date for {name.Familiar}"
                        : $"Status: Downloaded newer image for {name.Familiar}"
                )
            )
            .ConfigureAwait(false);
        Publish("pull", name.Familiar, name.FamiliarName);
    }

    async Task<(Image Image, Digest Target)> FetchAsync(
        ImageReference name,
        Platform? platform,
        RegistryAuth? auth,
        Func<ImageProgress, ValueTask> progress,
        CancellationToken ct
    )
    {
        try
        {
            // What was signed is pulled, by digest: nothing else can take its place in between.
            var trusted = await trust.ResolveAsync(name, Source(name, auth), ct).ConfigureAwait(false);
            using var target = new StorePullTarget(parts.Store, transfers);
            var pulled = await Told(
                    progress,
                    report => parts.Registries.PullAsync(trusted, target, platform, Source(name, auth), report, ct)
                )
                .ConfigureAwait(false);
            return (await Task.Run(() => target.Name(pulled, name, ct), ct).ConfigureAwait(false), pulled.Target.Digest);
        }
        catch
        {
            // What it brought belongs to nobody; only the parts of blobs wait for the next pull.
            parts.Store.Images.Collect();
            throw;
        }
    }

    async Task PullEmbeddedAsync(ImageReference name, Func<ImageProgress, ValueTask> progress)
    {
        await progress(new ImageProgress("latest", $"Pulling from {name.Path}")).ConfigureAwait(false);
        var image = parts.Store.Images.EnsureHelloWorld();
        await progress(new ImageProgress(null, $"Digest: {image.ManifestDescriptor.Digest}")).ConfigureAwait(false);
        await progress(new ImageProgress(null, $"Status: Unpacked the image that the pier binary embeds for {name.Familiar}"))
            .ConfigureAwait(false);
        Publish("pull", name.Familiar, name.FamiliarName);
    }

    static CallCredentials Source(ImageReference name, RegistryAuth? auth) => new(name.Domain, auth?.Credentials);
}
