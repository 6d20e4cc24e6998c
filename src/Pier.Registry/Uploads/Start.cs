using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;
using Pier.Registry.Access;
using Pier.Registry.Http;

namespace Pier.Registry.Uploads;

/// <summary>
/// POST /v2/NAME/blobs/uploads/: begins an upload, takes a whole one (?digest=), or mounts another repository's blob (?mount=&amp;from=).
/// </summary>
static class Start
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        if (request.Query("mount") is { } mount && await MountedAsync(request, mount))
            return;
        var id = request.House.Spool.Begin(request.Name);
        if (request.Query("digest") is not null)
        {
            await Finish.FinishAsync(request, id, keepOnFailure: false);
            return;
        }
        UploadAnswer.Progress(request, id, 0);
        request.Answer(StatusCodes.Status202Accepted, UploadAnswer.Location(request, id));
    }

    // Whoever may not read the other repository learns nothing about it: the upload just begins, as if the blob were not there.
    static async Task<bool> MountedAsync(RegistryRequest request, string mount)
    {
        var digest = RegistryRequest.ParseDigest(mount);
        if (request.Query("from") is not { } from || !RepositoryName.IsValid(from))
            return false;
        if (!await request.House.Access.AlsoAllowsAsync(request.Request, Needs.Repository(from, "pull"), request.Aborted))
            return false;
        if (!await request.House.Blobs.MountAsync(from, request.Name, digest, request.Aborted))
            return false;
        UploadAnswer.Created(request, digest);
        return true;
    }
}
