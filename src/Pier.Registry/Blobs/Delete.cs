using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Blobs;

/// <summary>DELETE /v2/NAME/blobs/DIGEST.</summary>
static class Delete
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        if (!await request.House.Blobs.UnlinkAsync(request.Name, request.Digest(), request.Aborted))
            throw new RegistryException(404, RegistryErrorCode.BlobUnknown, "blob unknown to registry");
        request.Response.Headers["Docker-Content-Digest"] = request.Reference;
        request.Answer(StatusCodes.Status202Accepted);
    }
}
