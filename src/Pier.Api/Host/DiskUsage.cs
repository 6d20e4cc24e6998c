using Pier.Api.Containers;
using Pier.Api.Http;
using Pier.Api.Images;
using Pier.Api.Volumes;
using Pier.Contracts;
using Pier.Engine.Builds;

namespace Pier.Api.Host;

/// <summary>GET /system/df.</summary>
static class DiskUsage
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var engine = request.Engine;
        var types = request.Query.All("type").Where(t => !string.IsNullOrEmpty(t)).Select(t => t!).ToArray();
        var usage = await engine.Host.DiskUsageAsync(
            engine.Containers,
            engine.Images,
            engine.Volumes,
            engine.Builds,
            types,
            request.Aborted
        );
        var now = DateTimeOffset.UtcNow;
        await request.AnswerAsync(
            new Contracts.DiskUsage
            {
                LayersSize = usage.Layers,
                Images = usage
                    .Images?.Select(i =>
                        ImageShapes.Summary(i.Image with { Size = i.Size }, request.Version) with
                        {
                            SharedSize = i.Shared,
                        }
                    )
                    .ToArray(),
                Volumes = usage.Volumes?.Select(VolumeShapes.Resource).ToArray(),
                Containers = usage.Containers?.Select(c => ContainerShapes.Summary(c, now, request.Version)).ToArray(),
                BuildCache = usage.BuildCache?.Select(Row).ToArray(),
                BuilderSize = request.Version.IsBefore(42) ? usage.BuildCache?.Sum(c => c.Size) ?? 0 : null,
            },
            ContractsJson.Wire.DiskUsage
        );
    }

    static BuildCacheEntry Row(BuildCacheView row) =>
        new()
        {
            ID = row.Id,
            Parents = row.Parents.Count > 0 ? row.Parents : null,
            Type = row.Type,
            Description = row.Description,
            InUse = row.InUse,
            Shared = row.Shared,
            Size = row.Size,
            CreatedAt = row.CreatedAt,
            LastUsedAt = row.LastUsedAt,
            UsageCount = row.UsageCount,
        };
}
