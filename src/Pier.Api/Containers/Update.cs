using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/update: limits and restart policy; what the body leaves out or sets to zero stays as it is.</summary>
static class Update
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var asked = await JsonBody.ReadAsync(request, ContractsJson.Wire.HostConfig);
        var warnings = await request.Engine.Containers.UpdateAsync(request.Name, asked, request.Aborted);
        await request.AnswerAsync(
            new UpdateContainerResponse(warnings.Count == 0 ? null : warnings),
            ContractsJson.Wire.UpdateContainerResponse
        );
    }
}
