using Pier.Api.Http;

namespace Pier.Api.Images;

/// <summary>POST /images/{name}/push: one tag, or every tag of the repository when none is named.</summary>
static class Push
{
    public static Task HandleAsync(ApiRequest request)
    {
        var (tag, platform, auth) = (request.Query.Text("tag"), PlatformQuery.Read(request, 46), RegistryAuthHeader.Read(request));
        return ProgressLines.SendAsync(
            request,
            progress =>
                request.Engine.Images.PushAsync(
                    request.Name,
                    tag,
                    all: string.IsNullOrEmpty(tag),
                    platform,
                    auth,
                    progress,
                    request.Aborted
                )
        );
    }
}
