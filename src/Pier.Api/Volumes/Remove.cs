using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Volumes;

/// <summary>DELETE /volumes/{name}.</summary>
static class Remove
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Volumes.RemoveAsync(request.Name, request.Query.Flag("force"), request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
