using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Volumes;

namespace Pier.Api.Volumes;

/// <summary>POST /volumes/create.</summary>
static class Create
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var body = await JsonBody.ReadOptionalAsync(request, ContractsJson.Wire.VolumeCreateRequest) ?? new VolumeCreateRequest();
        if (body.ClusterVolumeSpec is not null)
            await Host.Swarm.RefuseAsync(request);
        var made = await request.Engine.Volumes.CreateAsync(
            new CreateVolume(body.Name, body.Driver ?? "", body.DriverOpts, body.Labels),
            request.Aborted
        );
        await request.AnswerAsync(StatusCodes.Status201Created, VolumeShapes.Resource(made), ContractsJson.Wire.VolumeResource);
    }
}
