using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/restart.</summary>
static class Restart
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Containers.RestartAsync(
            request.Name,
            request.Query.Number("t"),
            request.Query.Text("signal"),
            request.Aborted
        );
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
