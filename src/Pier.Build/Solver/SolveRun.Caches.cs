using Pier.Build.Cache.Portable;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Build.Solver;

// Caches that lie elsewhere: what they say of a step, and what this build says to them.
sealed partial class SolveRun
{
    /// <summary>The step as another cache has it; its layers may not be here yet. Null where none has it.</summary>
    Known? Elsewhere(Vertex step, IReadOnlyList<string> keys, string key)
    {
        foreach (var cache in request.Caches)
        {
            if (cache.Find(key) is not { } found || OverBase(step, found.Layers) is not { } layers)
                continue;
            var now = parts.Time.GetUtcNow();
            var record = new BuildCacheRecord
            {
                Id = Ids.New(),
                // Found by what its inputs are called, it is known by their content: the other cache says so.
                Keys = [.. found.Identity == key ? keys : keys.Prepend(found.Identity).Distinct()],
                Identity = found.Identity,
                Description = step.Name,
                Layers = [.. layers.Select(l => new CachedLayer(l.Blob, l.DiffId, l.Created))],
                Empty = LayersBelow(step)?.Count == layers.Count,
                CreatedAt = now,
                LastUsedAt = now,
                UsageCount = 1,
            };
            return Known(step, record.Keys, record) with { Source = cache };
        }
        return null;
    }

    // What stands on a tree begins with it. The blobs are those of this store where it has them: others may be compressed in another way.
    List<BuiltLayer>? OverBase(Vertex step, IReadOnlyList<BuiltLayer> layers)
    {
        if (LayersBelow(step) is not { } below)
            return [.. layers];
        var fits = below.Count <= layers.Count && below.Select((l, i) => l.DiffId == layers[i].DiffId).All(same => same);
        return fits ? [.. below, .. layers.Skip(below.Count)] : null;
    }

    // Null where nothing is known of them: the step's key says all the same what they are.
    IReadOnlyList<BuiltLayer>? LayersBelow(Vertex step) =>
        step switch
        {
            FileStep { Linked: true } => null,
            FileStep file => LayersOf(file.Base),
            RunStep run => LayersOf(run.Base),
            _ => null,
        };

    IReadOnlyList<BuiltLayer>? LayersOf(Vertex vertex) =>
        vertex switch
        {
            ScratchSource => [],
            ImageSource image => ImageTree(image).Layers,
            FileStep { Linked: true } => null,
            _ => _known.TryGetValue(vertex, out var known) && known.Value is { IsCompletedSuccessfully: true, Result.Record: { } record }
                ? TreeOf(record).Layers
                : null,
        };

    /// <summary>Brings in what another cache has of a step, and keeps it as if it had been made here.</summary>
    async Task<BuiltTree> BringAsync(BuildCacheRecord record, PortableCache cache)
    {
        var tree = TreeOf(record);
        try
        {
            BuiltTree? held = null;
            await cache.FetchAsync(tree, () => held = Held(tree), Token).ConfigureAwait(false);
            if (held is null)
                throw new HostFailureException($"what came of {record.Description} was removed while it was brought in");
        }
        catch (Exception e) when (e is EngineException or IOException)
        {
            throw Abandon(new BrokenCacheException(cache, e));
        }
        parts.Store.Builds.Cache.Put(record);
        Use(record);
        return tree;
    }

    // What steps above are known by may rest on what this cache said: the build begins anew without it. Nobody is told that a step failed.
    BrokenCacheException Abandon(BrokenCacheException broken)
    {
        lock (_tasks)
            Failure ??= System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(broken);
        stop.Cancel();
        return broken;
    }

    // An image that is here says that it has the step already, over the same base: for a process its word is taken, as Docker's builder
    // took it.
    async Task<BuiltTree?> HintedAsync(RunStep step)
    {
        if (step.IgnoreCache || !request.Hints.Any(h => h.ContainsKey(step)))
            return null;
        var below = await TreeAsync(step.Base).ConfigureAwait(false);
        return Hinted(step).FirstOrDefault(tree => IsOver(tree, below) && Held(tree) is not null);
    }

    // What was copied is looked at: the image's layer takes the place of a new one that is the same but for its times, and what stands on
    // it is found then.
    BuiltTree? HintedFor(Vertex step, BuiltTree made) =>
        step.IgnoreCache
            ? null
            : Hinted(step)
                .FirstOrDefault(tree =>
                    IsOver(tree, new BuiltTree([.. made.Layers.SkipLast(1)]))
                    && Held(tree) is not null
                    && parts.Store.Images.AreAlike(tree.Layers[^1].Blob, made.Layers[^1].Blob)
                );

    IEnumerable<BuiltTree> Hinted(Vertex step) =>
        request.Hints.Select(h => h.GetValueOrDefault(step)).OfType<IReadOnlyList<BuiltLayer>>().Select(l => new BuiltTree(l));

    static bool IsOver(BuiltTree tree, BuiltTree below) =>
        tree.Layers.Count == below.Layers.Count + 1 && below.Layers.Select((l, i) => l.DiffId == tree.Layers[i].DiffId).All(same => same);

    /// <summary>
    /// Every step that this build came by, for caches elsewhere; what another cache has and nobody needed is brought in for
    /// <paramref name="all"/>.
    /// </summary>
    async Task<IReadOnlyList<CacheEntry>> EntriesAsync(bool all)
    {
        var entries = new List<CacheEntry>();
        var chain = new HashSet<Vertex>(request.Roots.SelectMany(Chain), ReferenceEqualityComparer.Instance);
        foreach (var step in _known.Keys.Concat(_trees.Keys).Distinct().Where(v => v is FileStep or RunStep).ToArray())
        {
            var known = step.IgnoreCache
                ? new Known(await KeysAsync(step).ConfigureAwait(false), null, null)
                : await KnowAsync(step).ConfigureAwait(false);
            if (known is { Record: { } elsewhere, Source: { } cache } && parts.Store.Builds.Cache.Find(known.Keys[0]) is null && all)
                await BringAsync(elsewhere, cache).ConfigureAwait(false);
            if (parts.Store.Builds.Cache.Find(known.Keys[0]) is { } record && Held(record) is { } tree)
                entries.Add(new CacheEntry(known.Keys, record.Identity, tree, chain.Contains(step)));
        }
        return entries;
    }

    // A tree and what it stands on, down to an image or nothing.
    static IEnumerable<Vertex> Chain(Vertex? root)
    {
        for (
            var vertex = root;
            vertex is not null;
            vertex = vertex switch
                {
                    FileStep file => file.Base,
                    RunStep run => run.Base,
                    _ => null,
                }
        )
            yield return vertex;
    }
}
