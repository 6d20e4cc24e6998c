using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/stop: t is the seconds between signal and kill.</summary>
static class Stop
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Containers.StopAsync(request.Name, request.Query.Number("t"), request.Query.Text("signal"), request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
