using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Volumes;

/// <summary>POST /volumes/prune: clients before API 1.42 expect named volumes to go as well.</summary>
static class Prune
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("label", "label!", "all").Values;
        if (request.Version.IsBefore(42))
            filters = new Dictionary<string, IReadOnlyList<string>>(filters) { ["all"] = ["true"] };
        var (names, bytes) = await request.Engine.Volumes.PruneAsync(filters, request.Aborted);
        await request.AnswerAsync(
            new VolumesPruneResponse(names.Count == 0 ? null : names, bytes),
            ContractsJson.Wire.VolumesPruneResponse
        );
    }
}
