using Pier.Api.Http;
using Pier.Engine.Builds;
using Pier.Model.Builds;

namespace Pier.Api.Builds;

/// <summary>Where the files of a build come from: the request's body, or a remote place that the daemon fetches.</summary>
/// <param name="Dockerfile">The Dockerfile's path in it.</param>
sealed record BuildContext(UploadedContext Files, string Dockerfile) : IDisposable
{
    public IBuildClient Client => Files;

    public static async Task<BuildContext> OpenAsync(ApiRequest request, string dockerfile)
    {
        if (request.Query.Text("remote") is { } remote)
            return await RemoteAsync(request, remote, dockerfile);
        using var body = request.OpenBody();
        return new BuildContext(await request.Engine.Builds.UploadAsync(body, request.Aborted), dockerfile);
    }

    static async Task<BuildContext> RemoteAsync(ApiRequest request, string remote, string dockerfile)
    {
        var fetched = await request.Engine.Builds.FetchContextAsync(remote, request.Aborted);
        return new BuildContext(fetched, dockerfile);
    }

    public void Dispose() => Files.Dispose();
}
