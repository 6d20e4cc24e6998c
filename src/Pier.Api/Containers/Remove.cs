using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>DELETE /containers/{name}: v removes its anonymous volumes, force kills it first.</summary>
static class Remove
{
    public static async Task HandleAsync(ApiRequest request)
    {
        if (request.Query.Flag("link"))
            throw new UnsupportedException("legacy links cannot be removed");
        await request.Engine.Containers.RemoveAsync(request.Name, request.Query.Flag("force"), request.Query.Flag("v"), request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
