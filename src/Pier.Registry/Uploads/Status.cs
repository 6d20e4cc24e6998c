using Microsoft.AspNetCore.Http;
using Pier.Registry.Http;

namespace Pier.Registry.Uploads;

/// <summary>GET /v2/NAME/blobs/uploads/ID: how far it is.</summary>
static class Status
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        using var lease =
            await request.House.Spool.TakeAsync(request.Name, request.Reference, request.Aborted) ?? throw UploadAnswer.Unknown();
        UploadAnswer.Progress(request, request.Reference, lease.Session.Offset);
        request.Answer(StatusCodes.Status204NoContent, UploadAnswer.Location(request, request.Reference));
    }
}
