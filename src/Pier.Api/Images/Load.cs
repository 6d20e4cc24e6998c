using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Images;

/// <summary>POST /images/load: the archive is the body, read as it comes.</summary>
static class Load
{
    public static async Task HandleAsync(ApiRequest request)
    {
        using var body = request.OpenBody();
        var loaded = await request.Engine.Images.LoadAsync(body, PlatformQuery.Read(request, 48), request.Aborted);
        await request.StartAsync("application/json");
        foreach (var image in loaded)
        {
            var line = image.Reference is null ? $"Loaded image ID: {image.Id}\n" : $"Loaded image: {image.Reference}\n";
            await request.SendLineAsync(new ProgressMessage { Stream = line }, ContractsJson.Wire.ProgressMessage);
        }
    }
}
