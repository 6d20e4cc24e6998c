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
        var rows = new ImageSummary[views.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = ImageShapes.Summary(views[i], request.Version);
        await request.AnswerAsync(rows, ContractsJson.Wire.ImageSummaryArray);
    }
}
