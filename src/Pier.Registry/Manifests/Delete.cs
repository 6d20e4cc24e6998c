using Microsoft.AspNetCore.Http;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Manifests;

/// <summary>DELETE /v2/NAME/manifests/REFERENCE: a tag alone, or a manifest with all its tags.</summary>
static class Delete
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        var (manifests, ct) = (request.House.Manifests, request.Aborted);
        bool deleted;
        if (Digest.TryParse(request.Reference, out var digest))
        {
            deleted = await manifests.DeleteAsync(request.Name, digest, ct);
        }
        else
        {
            ManifestReference.CheckTag(request.Reference);
            deleted = await manifests.UntagAsync(request.Name, request.Reference, ct);
        }
        if (!deleted)
            throw new RegistryException(404, RegistryErrorCode.ManifestUnknown, $"manifest unknown: {request.Reference}");
        request.Answer(StatusCodes.Status202Accepted);
    }
}
