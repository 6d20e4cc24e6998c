using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Networks;

/// <summary>GET /networks.</summary>
static class List
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("dangling", "driver", "id", "label", "name", "scope", "type").Values;
        var networks = await request.Engine.Networks.ListAsync(filters, request.Aborted);
        await request.AnswerAsync([.. networks.Select(NetworkShapes.Resource)], ContractsJson.Wire.NetworkResourceArray);
    }
}
