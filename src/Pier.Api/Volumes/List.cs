using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Volumes;

/// <summary>GET /volumes.</summary>
static class List
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("dangling", "driver", "label", "name");
        var volumes = await request.Engine.Volumes.ListAsync(filters.Values, usage: false, request.Aborted);
        await request.AnswerAsync(
            new VolumesListResponse([.. volumes.Select(VolumeShapes.Resource)], null),
            ContractsJson.Wire.VolumesListResponse
        );
    }
}
