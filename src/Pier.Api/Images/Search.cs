using Pier.Api.Http;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>GET /images/search.</summary>
static class Search
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var term = request.Query.Text("term") ?? throw new InvalidParameterException("term is needed");
        var filters = request.Query.Filters().Accepting("is-official", "is-automated", "stars");
        var found = await request.Engine.Images.SearchAsync(
            term,
            request.Query.Number("limit"),
            filters.Values,
            RegistryAuthHeader.Read(request),
            request.Aborted
        );
        var rows = found
            .Select(r => new ImageSearchResult(r.StarCount, r.IsOfficial, r.Name ?? "", r.IsAutomated, r.Description ?? ""))
            .ToArray();
        await request.AnswerAsync(rows, ContractsJson.Wire.ImageSearchResultArray);
    }
}
