using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Networks;

/// <summary>POST /networks/prune.</summary>
static class Prune
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("label", "label!", "until").Values;
        var names = await request.Engine.Networks.PruneAsync(filters, request.Aborted);
        await request.AnswerAsync(new NetworksPruneResponse(names.Count == 0 ? null : names), ContractsJson.Wire.NetworksPruneResponse);
    }
}
