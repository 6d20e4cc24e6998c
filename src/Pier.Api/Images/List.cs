using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Images;

/// <summary>GET /images/json.</summary>
static class List
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("dangling", "label", "before", "since", "reference", "until");
        var views = await request.Engine.Images.ListAsync(request.Query.Flag("all"), filters.Values, request.Aborted);
        var shared = request.Query.Flag("shared-size") ? request.Engine.Images.SharedSizes() : null;
        var rows = new ImageSummary[views.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = ImageShapes.Summary(views[i], request.Version) with { SharedSize = shared?.GetValueOrDefault(views[i].Id) ?? -1 };
        await request.AnswerAsync(rows, ContractsJson.Wire.ImageSummaryArray);
    }
}
