using System.Globalization;
using Pier.Engine.Containers;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    const string CacheMountType = "exec.cachemount";

    /// <summary>The build cache: results of steps, downloads, cache mounts. Newest use first.</summary>
    public IReadOnlyList<BuildCacheView> ListCache()
    {
        var records = parts.Store.Builds.Cache.All;
        var inImages = parts.Store.Images.List().Select(i => i.ChainId).OfType<Digest>().ToHashSet();
        var owners = records.Where(r => r is { Empty: false, ChainId: not null }).GroupBy(r => r.ChainId!.Value).ToDictionary(g => g.Key, g => g.First().Id);
        return
        [
            .. records.Select(r => View(r, inImages, owners)).Concat(parts.Store.Builds.CacheMounts().Select(MountView))
                .OrderByDescending(v => v.LastUsedAt).ThenBy(v => v.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Removes what the filters leave, the longest unused first, until no more than KeepStorage bytes are left. Ids and bytes of what went.</summary>
    public Task<(IReadOnlyList<string> Ids, long Bytes)> PruneAsync(PruneBuilds request, CancellationToken ct) => Task.Run(() =>
    {
        CheckFilters(request);
        var rows = ListCache();
        var (left, removed, bytes) = (rows.Sum(r => r.Size), new List<string>(), 0L);
        foreach (var row in rows.Reverse())
        {
            ct.ThrowIfCancellationRequested();
            if (request.KeepStorage > 0 && left <= request.KeepStorage) break;
            if (!Matches(row, request) || !Remove(row)) continue;
            removed.Add(row.Id);
            (left, bytes) = (left - row.Size, bytes + row.Size);
        }
        parts.Store.Images.Collect();
        parts.Events.Publish("builder", "prune", "", new Dictionary<string, string> { ["reclaimed"] = bytes.ToString(CultureInfo.InvariantCulture) });
        return ((IReadOnlyList<string>)removed, bytes);
    }, ct);

    /// <summary>After a build: the cache may not grow without end.</summary>
    void LimitCache()
    {
        var cache = parts.Store.Builds.Cache;
        var (limit, size) = (parts.Options.BuildCacheLimit, cache.All.Sum(r => r.Size));
        if (limit <= 0 || size <= limit) return;
        foreach (var record in cache.All.OrderBy(r => r.LastUsedAt).ToArray())
        {
            if (size <= limit) break;
            if (!Remove(record)) continue;
            size -= record.Size;
        }
        parts.Store.Images.Collect();
    }

    bool Remove(BuildCacheView row)
    {
        if (parts.Store.Builds.RemoveCacheMount(row.Id)) return true;
        return parts.Store.Builds.Cache.All.FirstOrDefault(r => r.Id == row.Id) is { } record && Remove(record);
    }

    bool Remove(BuildCacheRecord record)
    {
        if (!parts.Store.Builds.Cache.Remove(record.Id)) return false;
        if (record.Tree is { } tree) parts.Store.Builds.RemoveTree(tree);
        return true;
    }

    static BuildCacheView View(BuildCacheRecord record, HashSet<Digest> inImages, Dictionary<Digest, string> owners)
    {
        var below = record.Layers.Length > 1 ? ChainId.Prefixes([.. record.Layers[..^1].Select(l => l.DiffId)])[^1] : (Digest?)null;
        var shared = record.ChainId is { } chain && inImages.Contains(chain);
        return new BuildCacheView(record.Id, below is { } parent && owners.TryGetValue(parent, out var id) ? [id] : [], record.Type, record.Description, false, shared, record.Size,
            record.CreatedAt, record.LastUsedAt, record.UsageCount);
    }

    BuildCacheView MountView(string id)
    {
        var changed = Directory.GetLastWriteTimeUtc(parts.Store.Layout.BuildCache(id));
        return new BuildCacheView(id, [], CacheMountType, "cache mount", false, false, parts.Store.Builds.CacheMountUsage(id).Bytes, changed, changed, 0);
    }

    static void CheckFilters(PruneBuilds request)
    {
        foreach (var key in request.Filters.Keys)
        {
            if (key is not ("until" or "unused-for" or "id" or "type" or "description" or "inuse" or "shared" or "private" or "parent"))
                throw new InvalidParameterException($"invalid filter '{key}'");
        }
    }

    // Without --all what an image holds anyway stays: nothing would be gained.
    bool Matches(BuildCacheView row, PruneBuilds request) =>
        (request.All || !row.Shared || request.Filters.ContainsKey("id"))
        && request.Filters.All(f => f.Key switch
        {
            "until" or "unused-for" => f.Value.All(v => row.LastUsedAt <= PruneLimit.Parse(v, parts.Time)),
            "id" => f.Value.Any(v => row.Id.StartsWith(v, StringComparison.Ordinal)),
            "type" => f.Value.Contains(row.Type),
            "description" => f.Value.Any(v => row.Description.Contains(v, StringComparison.Ordinal)),
            "parent" => f.Value.Any(row.Parents.Contains),
            "shared" => row.Shared,
            "private" => !row.Shared,
            _ => row.InUse,
        });
}
