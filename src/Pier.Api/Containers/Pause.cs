using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/pause.</summary>
static class Pause
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Containers.PauseAsync(request.Name, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
