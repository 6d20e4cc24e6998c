using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Images;

/// <summary>GET /images/{name}/json.</summary>
static class Inspect
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var view = await request.Engine.Images.InspectAsync(request.Name, PlatformQuery.Read(request), request.Aborted);
        await request.AnswerAsync(ImageShapes.Inspect(view, request.Version), ContractsJson.Wire.ImageInspect);
    }
}
