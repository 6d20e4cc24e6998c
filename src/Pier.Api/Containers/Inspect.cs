using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Containers;

/// <summary>GET /containers/{name}/json.</summary>
static class Inspect
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var view = await request.Engine.Containers.InspectAsync(request.Name, request.Query.Flag("size"), request.Aborted);
        await request.AnswerAsync(ContainerShapes.Inspect(view), ContractsJson.Wire.ContainerInspect);
    }
}
