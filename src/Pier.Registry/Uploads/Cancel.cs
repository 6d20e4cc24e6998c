using Microsoft.AspNetCore.Http;
using Pier.Registry.Http;

namespace Pier.Registry.Uploads;

/// <summary>DELETE /v2/NAME/blobs/uploads/ID.</summary>
static class Cancel
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        using var lease =
            await request.House.Spool.TakeAsync(request.Name, request.Reference, request.Aborted) ?? throw UploadAnswer.Unknown();
        lease.Finish();
        request.Answer(StatusCodes.Status204NoContent);
    }
}
