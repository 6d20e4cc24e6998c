using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Containers;

/// <summary>POST /containers/prune.</summary>
static class Prune
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("label", "label!", "until");
        var (ids, bytes) = await request.Engine.Containers.PruneAsync(filters.Values, request.Aborted);
        await request.AnswerAsync(
            new ContainersPruneResponse(ids.Count == 0 ? null : ids, bytes),
            ContractsJson.Wire.ContainersPruneResponse
        );
    }
}
