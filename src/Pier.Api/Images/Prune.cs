using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Images;

/// <summary>POST /images/prune.</summary>
static class Prune
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("dangling", "label", "label!", "until");
        var (removed, bytes) = await request.Engine.Images.PruneAsync(filters.Values, request.Aborted);
        var rows = removed.Select(r => new ImageDeleteEntry { Untagged = r.Untagged, Deleted = r.Deleted }).ToArray();
        await request.AnswerAsync(new ImagesPruneResponse(rows.Length == 0 ? null : rows, bytes), ContractsJson.Wire.ImagesPruneResponse);
    }
}
