using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/kill: signal by name or number.</summary>
static class Kill
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Containers.KillAsync(request.Name, request.Query.Text("signal"), request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
