using Microsoft.AspNetCore.Http;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Content;
using Pier.Registry.Http;

namespace Pier.Registry.Manifests;

/// <summary>
/// GET and HEAD /v2/NAME/manifests/REFERENCE. The bytes are those that were pushed, whatever types the client would rather have.
/// </summary>
static class Read
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        var manifest = await FindAsync(request) ?? throw await MissingAsync(request);
        var headers = request.Response.Headers;
        headers["Docker-Content-Digest"] = manifest.Digest.ToString();
        headers.ETag = $"\"{manifest.Digest}\"";
        if (request.Request.Headers.IfNoneMatch.ToString().Contains(manifest.Digest.ToString(), StringComparison.Ordinal))
            request.Response.StatusCode = StatusCodes.Status304NotModified;
        else
            await request.AnswerAsync(manifest.Bytes, manifest.MediaType);
    }

    static async Task<StoredManifest?> FindAsync(RegistryRequest request)
    {
        var (house, name, ct) = (request.House, request.Name, request.Aborted);
        if (!Digest.TryParse(request.Reference, out var digest))
        {
            ManifestReference.CheckTag(request.Reference);
            if (house.PullThrough is { } source)
                await source.TagAsync(name, request.Reference, ct);
            if (await house.Manifests.TagAsync(name, request.Reference, ct) is not { } tagged)
                return null;
            digest = tagged;
        }
        var found = await house.Manifests.FindAsync(name, digest, ct);
        if (found is not null || house.PullThrough is not { } upstream)
            return found;
        await upstream.ManifestAsync(name, digest, ct);
        return await house.Manifests.FindAsync(name, digest, ct);
    }

    static async Task<RegistryException> MissingAsync(RegistryRequest request) =>
        await request.House.Manifests.KnowsAsync(request.Name, request.Aborted)
            ? new RegistryException(404, RegistryErrorCode.ManifestUnknown, $"manifest unknown: {request.Reference}")
            : new RegistryException(404, RegistryErrorCode.NameUnknown, $"repository name not known to registry: {request.Name}");
}
