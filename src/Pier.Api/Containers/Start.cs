using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/start.</summary>
static class Start
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Containers.StartAsync(request.Name, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
