using Pier.Model;

namespace Pier.Engine.Images;

/// <summary>One message of a pull: Docker's "status" with the layer's short id, or the whole pull's when Id is null.</summary>
public sealed record PullProgress(string? Id, string Status);

public sealed partial class ImageService
{
    /// <summary>Brings an image in by name. For now what the binary embeds (hello-world); for others it says that registries come later.</summary>
    public async Task PullAsync(string reference, string? platform, Func<PullProgress, ValueTask> progress, CancellationToken ct)
    {
        var name = ImageReference.Parse(reference).WithDefaultTag();
        if (name.FamiliarName != "hello-world" || name.Tag != "latest")
        {
            throw new UnsupportedException(
                $"pull access to {name.Familiar} is not possible: this version of Pier has no registry client yet (bring images in with `pier load` or `pier import`)");
        }
        await progress(new PullProgress("latest", $"Pulling from {name.Path}")).ConfigureAwait(false);
        var image = parts.Store.Images.EnsureHelloWorld();
        await progress(new PullProgress(null, $"Digest: {image.ManifestDescriptor.Digest}")).ConfigureAwait(false);
        await progress(new PullProgress(null, $"Status: Unpacked the image that the pier binary embeds for {name.Familiar}")).ConfigureAwait(false);
        Publish("pull", name.Familiar, name.FamiliarName);
    }
}
