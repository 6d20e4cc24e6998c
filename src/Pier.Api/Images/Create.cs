using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Images;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>POST /images/create: an import of the body (fromSrc=-), or a pull (fromImage).</summary>
static class Create
{
    public static Task HandleAsync(ApiRequest request) =>
        request.Query.Text("fromImage") is { } image ? PullAsync(request, image) : ImportAsync(request);

    static Task PullAsync(ApiRequest request, string image)
    {
        var (tag, auth) = (request.Query.Text("tag"), RegistryAuthHeader.Read(request));
        // A repository without a tag means all of them (Docker Engine API, ImageCreate).
        return RegistryFailures.AsOurs(() =>
            ProgressLines.SendAsync(
                request,
                progress =>
                    request.Engine.Images.PullAsync(
                        Join(image, tag),
                        allTags: tag is null,
                        request.Query.Text("platform"),
                        auth,
                        progress,
                        request.Aborted
                    )
            )
        );
    }

    static async Task ImportAsync(ApiRequest request)
    {
        var query = request.Query;
        var source = query.Text("fromSrc") ?? throw new InvalidParameterException("one of fromImage and fromSrc is needed");
        if (source != "-")
            throw new UnsupportedException("import from a URL is not supported: download it and import the file");
        var changes = query.All("changes").Where(c => !string.IsNullOrEmpty(c)).Select(c => c!).ToArray();
        var asked = new ImportImage(query.Text("repo"), query.Text("tag"), query.Text("message"), changes, query.Text("platform"));
        using var body = request.OpenBody();
        var id = await request.Engine.Images.ImportAsync(asked, body, request.Aborted);
        await request.StartAsync("application/json");
        await request.SendLineAsync(new ProgressMessage { Status = id }, ContractsJson.Wire.ProgressMessage);
    }

    static string Join(string image, string? tag)
    {
        if (tag is null)
            return image;
        return tag.Contains(':') ? $"{image}@{tag}" : $"{image}:{tag}";
    }
}
