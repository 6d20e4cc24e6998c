using System.Globalization;
using Pier.Engine.Containers;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    /// <summary>The build cache: results of steps, downloads, clients' directories, cache mounts. Newest use first.</summary>
    public IReadOnlyList<BuildCacheView> ListCache()
    {
        var records = parts.Store.Builds.Cache.All;
        var inImages = parts.Store.Images.Stacks();
        // Several steps may have made the same layer: it is the first one's.
        var owners = records
            .Where(r => r is { Empty: false, ChainId: not null })
            .OrderBy(r => r.CreatedAt)
            .GroupBy(r => r.ChainId!.Value)
            .ToDictionary(g => g.Key, g => g.First().Id);
        return
        [
            .. records
                .Select(r => View(r, inImages, owners))
                .OrderByDescending(v => v.LastUsedAt)
                .ThenBy(v => v.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Removes what the filters leave and no build uses, the longest unused first, until the cache is as small as it was asked to be. Ids
    /// and bytes of what went.
    /// </summary>
    public Task<(IReadOnlyList<string> Ids, long Bytes)> PruneAsync(PruneBuilds request, CancellationToken ct) =>
        Task.Run(
            () =>
            {
                CheckFilters(request);
                var (removed, bytes) = Prune(request, ct);
                parts.Events.Publish(
                    "builder",
                    "prune",
                    "",
                    new Dictionary<string, string> { ["reclaimed"] = bytes.ToString(CultureInfo.InvariantCulture) }
                );
                return (removed, bytes);
            },
            ct
        );

    /// <summary>After a build: the cache may not grow without end. The rules are carried out in their order.</summary>
    void LimitCache()
    {
        foreach (var rule in parts.Options.BuildCachePolicy)
            Prune(rule, CancellationToken.None);
    }

    (IReadOnlyList<string> Ids, long Bytes) Prune(PruneBuilds request, CancellationToken ct)
    {
        var rows = ListCache();
        // What images have as well takes no space of the cache's.
        var left = rows.Where(r => !r.Shared).Sum(r => r.Size);
        var (limit, removed, bytes) = (Limit(request, left), new List<string>(), 0L);
        if (left <= limit)
            return (removed, 0);
        foreach (var row in rows.Reverse())
        {
            ct.ThrowIfCancellationRequested();
            if (left <= limit)
                break;
            // A limit of bytes is not reached by what images have as well.
            if (limit >= 0 && row.Shared)
                continue;
            if (!Matches(row, request) || !parts.Store.Builds.Cache.Remove(row.Id))
                continue;
            removed.Add(row.Id);
            if (!row.Shared)
                (left, bytes) = (left - row.Size, bytes + row.Size);
        }
        if (removed.Count > 0)
            parts.Store.Images.Collect();
        return (removed, bytes);
    }

    // As BuildKit computes it: at most the maximum, less where the disk is short, but never below what is reserved. Without any of them
    // nothing is kept.
    long Limit(PruneBuilds request, long size)
    {
        if (request is { ReservedSpace: 0, MaxUsedSpace: 0, MinFreeSpace: 0 })
            return -1;
        var limit =
            request.MaxUsedSpace > 0 ? request.MaxUsedSpace
            : request.MinFreeSpace > 0 ? long.MaxValue
            : 0;
        if (request.MinFreeSpace > 0 && request.MinFreeSpace - parts.Store.AvailableBytes() is var missing and > 0)
            limit = Math.Min(limit, Math.Max(0, size - missing));
        return Math.Max(limit, request.ReservedSpace);
    }

    BuildCacheView View(BuildCacheRecord record, IReadOnlySet<Digest> inImages, Dictionary<Digest, string> owners)
    {
        var builds = parts.Store.Builds;
        var below = record.Layers.Length > 1 ? ChainId.Prefixes([.. record.Layers[..^1].Select(l => l.DiffId)])[^1] : (Digest?)null;
        var isOwn = record.ChainId is not { } chain || (owners.TryGetValue(chain, out var owner) && owner == record.Id);
        return new BuildCacheView(
            record.Id,
            below is { } parent && owners.TryGetValue(parent, out var id) ? [id] : [],
            record.Type,
            record.Description,
            builds.Cache.IsHeld(record.Id),
            record.ChainId is { } stack && inImages.Contains(stack),
            isOwn ? builds.SizeOf(record) : 0,
            record.CreatedAt,
            record.LastUsedAt,
            record.UsageCount
        );
    }

    // Nothing in the cache has labels; `system prune` hands its filters to everything that it prunes.
    static readonly string[] KnownFilters =
    [
        "until",
        "unused-for",
        "id",
        "type",
        "description",
        "inuse",
        "shared",
        "private",
        "parent",
        "label",
        "label!",
    ];

    /// <summary>Throws <see cref="InvalidParameterException"/> for a filter that is none, or a time that is none.</summary>
    public static void CheckFilters(PruneBuilds request)
    {
        foreach (var key in request.Filters.Keys)
        {
            if (!KnownFilters.Contains(key))
                throw new InvalidParameterException($"invalid filter '{key}'");
            if (key is "until" or "unused-for")
                foreach (var value in request.Filters[key])
                    PruneLimit.Parse(value, TimeProvider.System);
        }
    }

    // Without --all what an image holds anyway stays: nothing would be gained.
    bool Matches(BuildCacheView row, PruneBuilds request) =>
        (request.All || !row.Shared || request.Filters.ContainsKey("id"))
        && request.Filters.All(f =>
            f.Key switch
            {
                "until" or "unused-for" => f.Value.All(v => row.LastUsedAt <= PruneLimit.Parse(v, parts.Time)),
                "id" => f.Value.Any(v => row.Id.StartsWith(v, StringComparison.Ordinal)),
                "type" => f.Value.Contains(row.Type),
                "description" => f.Value.Any(v => row.Description.Contains(v, StringComparison.Ordinal)),
                "parent" => f.Value.Any(row.Parents.Contains),
                "shared" => row.Shared,
                "private" => !row.Shared,
                "label" => false,
                "label!" => true,
                _ => row.InUse,
            }
        );
}
