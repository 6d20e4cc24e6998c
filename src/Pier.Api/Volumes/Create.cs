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
        var body = await JsonBody.ReadAsync(request, ContractsJson.Wire.VolumeCreateRequest);
        var made = await request.Engine.Volumes.CreateAsync(
            new CreateVolume(body.Name, body.Driver ?? "", body.DriverOpts, body.Labels),
            request.Aborted
        );
        await request.AnswerAsync(StatusCodes.Status201Created, VolumeShapes.Resource(made), ContractsJson.Wire.VolumeResource);
    }
}
