using Pier.Api.Http;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>GET /images/{name}/json.</summary>
static class Inspect
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var platform = PlatformQuery.Read(request, 49);
        if (platform is not null && request.Query.Flag("manifests"))
            throw new InvalidParameterException("conflicting options: manifests and platform options cannot both be set");
        var view = await request.Engine.Images.InspectAsync(request.Name, platform, request.Aborted);
        await request.AnswerAsync(ImageShapes.Inspect(view, request.Version), ContractsJson.Wire.ImageInspect);
    }
}
