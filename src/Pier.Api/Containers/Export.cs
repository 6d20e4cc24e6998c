using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>GET /containers/{name}/export.</summary>
static class Export
{
    public static async Task HandleAsync(ApiRequest request)
    {
        using var archive = request.Engine.Containers.Export(request.Name);
        await request.StartAsync("application/octet-stream");
        await archive.WriteAsync(request.Http.Response.Body, request.Aborted);
    }
}
