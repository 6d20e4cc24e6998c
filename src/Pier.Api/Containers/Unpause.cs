using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/unpause.</summary>
static class Unpause
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Containers.UnpauseAsync(request.Name, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
