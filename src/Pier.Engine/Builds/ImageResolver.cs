using Pier.Build.Frontend;
using Pier.Engine.Images;
using Pier.Model;
using Pier.Store;
using Pier.Store.Images;

namespace Pier.Engine.Builds;

/// <summary>Finds a build's base images in the store, and brings in those that are not there.</summary>
sealed class ImageResolver(StoreRoot store, ImageService images, BuildRequest request) : IImageResolver
{
    public Task<ResolvedImage> ResolveAsync(string reference, Platform platform, bool pull, CancellationToken ct) =>
        request.Results.TryGetValue(reference, out var result)
            ? Task.FromResult(result.Resolve(reference, platform))
            : InternalSteps.TellAsync(
                request,
                $"load metadata for {FullName(reference)}",
                _ => FindOrPullAsync(reference, platform, pull, ct)
            );

    async Task<ResolvedImage> FindOrPullAsync(string reference, Platform platform, bool pull, CancellationToken ct)
    {
        var found = Find(reference, platform, ct);
        if (found is null || (pull && IsName(reference)))
        {
            var name = ImageReference.Parse(reference).WithDefaultTag();
            await images
                .PullAsync(
                    name.ToString(),
                    allTags: false,
                    platform.ToString(),
                    await request.Credentials(name.Domain, ct).ConfigureAwait(false),
                    request.PullProgress,
                    ct
                )
                .ConfigureAwait(false);
            found = store.Images.FindUnpacked(name.ToString(), platform, ct) ?? store.Images.Resolve(reference);
        }
        return new ResolvedImage(found.Id, found.Config);
    }

    static string FullName(string reference) =>
        ImageReference.TryParse(reference, out var name) ? name.WithDefaultTag().ToString() : reference;

    // An image of another platform is none, unless it is named by its content; an index may have the right one.
    Image? Find(string reference, Platform platform, CancellationToken ct) =>
        store.Images.Find(reference) switch
        {
            null => null,
            var image when image.Config.Platform.Satisfies(platform) || !IsName(reference) => image,
            _ => store.Images.FindUnpacked(reference, platform, ct),
        };

    bool IsName(string reference) =>
        !Digest.TryParse(reference, out _)
        && ImageReference.TryParse(reference, out var parsed)
        && parsed.Digest is null
        && (store.Images.Find(reference) is not { } image || image.Tags.Contains(parsed.WithDefaultTag()));
}
