using System.Globalization;
using System.Text.Json;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Discovery;

/// <summary>
/// GET /v1/search?q=&amp;n=&amp;page=: what `docker search HOST/TERM` asks. A repository's description is its latest image's annotation.
/// </summary>
static class Search
{
    const int DefaultSize = 25,
        MaxSize = 100;
    const string DescriptionKey = "org.opencontainers.image.description";

    public static async Task HandleAsync(RegistryRequest request)
    {
        var term = request.Query("q") ?? "";
        var size = Math.Clamp(Number(request.Query("n"), DefaultSize), 1, MaxSize);
        var page = Math.Max(1, Number(request.Query("page"), 1));
        // Docker's engine adds the namespace of official images to a term that has none.
        var wanted = term.StartsWith("library/", StringComparison.Ordinal) ? term["library/".Length..] : term;
        var names = (await request.House.Tree.ListAsync(request.Aborted))
            .Where(n => n.Contains(wanted, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        var results = new List<SearchResult>();
        foreach (var name in names.Skip((int)Math.Min(int.MaxValue, (page - 1L) * size)).Take(size))
            results.Add(new SearchResult { Name = name, Description = await DescriptionAsync(request, name) });
        var answer = new SearchAnswer
        {
            NumResults = names.Length,
            Query = term,
            Page = page,
            PageSize = size,
            NumPages = (names.Length + size - 1) / size,
            Results = [.. results],
        };
        await request.AnswerAsync(answer, DistributionJson.Plain.SearchAnswer);
    }

    public static ValueTask PingAsync(RegistryRequest request)
    {
        request.Response.Headers["X-Docker-Registry-Version"] = "0.9.0";
        return request.AnswerAsync("true"u8.ToArray(), "application/json");
    }

    static async Task<string> DescriptionAsync(RegistryRequest request, string name)
    {
        var manifests = request.House.Manifests;
        if (await manifests.TagAsync(name, "latest", request.Aborted) is not { } digest)
            return "";
        if (await manifests.FindAsync(name, digest, request.Aborted) is not { } manifest)
            return "";
        var document = JsonSerializer.Deserialize(manifest.Bytes, DistributionJson.Plain.ReferrerDocument);
        return document?.Annotations?.GetValueOrDefault(DescriptionKey) ?? "";
    }

    static int Number(string? text, int missing) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : missing;
}
