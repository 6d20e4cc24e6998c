using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Control;
using Pier.Engine;
using Pier.Engine.Builds;

namespace Pier.Api.BuildKit.Services;

/// <summary>The build cache as BuildKit's clients see and prune it.</summary>
sealed class CacheControl(ContainerEngine engine)
{
    public async Task DiskUsageAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(DiskUsageRequest.Parser);
        var answer = new DiskUsageResponse();
        var filters = Filters(request.Filter);
        answer.Record.AddRange(engine.Builds.ListCache().Where(r => IsAsked(r, filters)).Select(Row));
        await call.WriteAsync(answer);
    }

    public async Task PruneAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(PruneRequest.Parser);
        var filters = Filters(request.Filter);
        // Nanoseconds on the wire.
        if (request.KeepDuration > 0)
            filters["until"] = [(request.KeepDuration / 1_000_000_000).ToString(CultureInfo.InvariantCulture) + "s"];
        var rows = engine.Builds.ListCache().ToDictionary(r => r.Id);
        var (removed, _) = await engine.Builds.PruneAsync(
            new PruneBuilds
            {
                All = request.All,
                ReservedSpace = request.ReservedSpace,
                MaxUsedSpace = request.MaxUsedSpace,
                MinFreeSpace = request.MinFreeSpace,
                Filters = filters,
            },
            call.Ended
        );
        foreach (var id in removed)
        {
            if (rows.TryGetValue(id, out var row))
                await call.WriteAsync(Row(row));
        }
    }

    static UsageRecord Row(BuildCacheView row)
    {
        var record = new UsageRecord
        {
            ID = row.Id,
            InUse = row.InUse,
            Size = row.Size,
            CreatedAt = Timestamp.FromDateTimeOffset(row.CreatedAt),
            LastUsedAt = row.LastUsedAt is { } used ? Timestamp.FromDateTimeOffset(used) : null,
            UsageCount = row.UsageCount,
            Description = row.Description,
            RecordType = row.Type,
            Shared = row.Shared,
        };
        record.Parents.AddRange(row.Parents);
        return record;
    }

    // "key=value" and containerd's "key==value"; what has no value is asked to be true.
    static Dictionary<string, IReadOnlyList<string>> Filters(IEnumerable<string> texts) =>
        texts
            .SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries))
            .Select(t => t.Split('=', 2))
            .GroupBy(p => p[0])
            .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Select(p => p.Length == 2 ? p[1].TrimStart('=') : "true")]);

    static bool IsAsked(BuildCacheView row, Dictionary<string, IReadOnlyList<string>> filters) =>
        filters.All(f =>
            f.Key switch
            {
                "id" => f.Value.Contains(row.Id),
                "type" => f.Value.Contains(row.Type),
                "description" => f.Value.Contains(row.Description),
                _ => true,
            }
        );
}
