using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Volumes;

/// <summary>GET /volumes/{name}.</summary>
static class Inspect
{
    public static async Task HandleAsync(ApiRequest request) =>
        await request.AnswerAsync(
            VolumeShapes.Resource(await request.Engine.Volumes.InspectAsync(request.Name, request.Aborted)),
            ContractsJson.Wire.VolumeResource
        );
}
