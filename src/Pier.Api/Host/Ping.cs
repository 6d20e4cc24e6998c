using System.Text;
using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Host;

/// <summary>GET and HEAD /_ping: clients learn the API version from its headers.</summary>
static class Ping
{
    static readonly byte[] Answer = Encoding.ASCII.GetBytes("OK");

    public static async Task HandleAsync(ApiRequest request)
    {
        var response = request.Http.Response;
        response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        response.Headers.Pragma = "no-cache";
        // BuildKit's wire is the one that is meant to be used; the classic one is served all the same.
        response.Headers["Builder-Version"] = "2";
        response.Headers["Swarm"] = "inactive";
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = HttpMethods.IsHead(request.Http.Request.Method) ? 0 : Answer.Length;
        if (!HttpMethods.IsHead(request.Http.Request.Method))
            await response.BodyWriter.WriteAsync(Answer);
    }
}
