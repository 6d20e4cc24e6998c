using Pier.Api.Containers;
using Pier.Api.Http;
using Pier.Api.Images;
using Pier.Api.Volumes;
using Pier.Contracts;

namespace Pier.Api.Host;

/// <summary>GET /system/df.</summary>
static class DiskUsage
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var engine = request.Engine;
        var types = request.Query.All("type").Where(t => !string.IsNullOrEmpty(t)).Select(t => t!).ToArray();
        var usage = await engine.Host.DiskUsageAsync(engine.Containers, engine.Images, engine.Volumes, types, request.Aborted);
        var now = DateTimeOffset.UtcNow;
        await request.AnswerAsync(new Contracts.DiskUsage
        {
            LayersSize = usage.Layers,
            Images = usage.Images?.Select(i => ImageShapes.Summary(i.Image with { Size = i.Size }, request.Version) with { SharedSize = i.Shared }).ToArray(),
            Volumes = usage.Volumes?.Select(VolumeShapes.Resource).ToArray(),
            Containers = usage.Containers?.Select(c => ContainerShapes.Summary(c, now)).ToArray(),
            BuildCache = types.Length == 0 || types.Contains("build-cache") ? [] : null,
        }, ContractsJson.Wire.DiskUsage);
    }
}
