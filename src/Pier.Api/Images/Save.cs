using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>GET /images/get and /images/{name}/get: an archive as `docker save` makes it.</summary>
static class Save
{
    public static Task ManyAsync(ApiRequest request)
    {
        var names = request.Query.All("names").Where(n => !string.IsNullOrEmpty(n)).SelectMany(n => n!.Split(',')).ToArray();
        return names.Length > 0 ? SendAsync(request, names) : throw new InvalidParameterException("no image to save: names is empty");
    }

    public static Task OneAsync(ApiRequest request) => SendAsync(request, [request.Name]);

    static async Task SendAsync(ApiRequest request, string[] names)
    {
        // Not started yet: an image that is not known is still an ordinary error.
        var platform = PlatformQuery.Read(request, 48);
        request.Http.Response.ContentType = "application/x-tar";
        await request.Engine.Images.SaveAsync(names, platform, request.Http.Response.Body, request.Aborted);
    }
}
