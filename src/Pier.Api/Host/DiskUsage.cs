using Pier.Api.Containers;
using Pier.Api.Http;
using Pier.Api.Images;
using Pier.Api.Volumes;
using Pier.Contracts;
using Pier.Engine.Builds;
using Pier.Engine.Containers;

namespace Pier.Api.Host;

/// <summary>GET /system/df.</summary>
static class DiskUsage
{
    static readonly Dictionary<string, IReadOnlyList<string>> NoFilters = [];

    public static async Task HandleAsync(ApiRequest request)
    {
        var images = await request.Engine.Images.ListAsync(all: true, NoFilters, request.Aborted);
        var containers = await request.Engine.Containers.ListAsync(new ListContainers(true, null, true, NoFilters), request.Aborted);
        var volumes = await request.Engine.Volumes.ListAsync(NoFilters, usage: true, request.Aborted);
        var cache = request.Engine.Builds.ListCache();
        var now = DateTimeOffset.UtcNow;
        await request.AnswerAsync(new Contracts.DiskUsage
        {
            LayersSize = images.Sum(i => i.Size),
            Images = [.. images.Select(i => ImageShapes.Summary(i, request.Version))],
            Volumes = [.. volumes.Select(VolumeShapes.Resource)],
            BuildCache = [.. cache.Select(Row)],
            BuilderSize = cache.Sum(c => c.Size),
            Containers = [.. containers.Select(c => ContainerShapes.Summary(c, now))],
        }, ContractsJson.Wire.DiskUsage);
    }

    static BuildCacheEntry Row(BuildCacheView row) => new()
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
