using Pier.Build.Cache.Portable;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;
using Pier.Store;
using Pier.Store.Builds;
using Pier.Store.Images;

namespace Pier.Build.Export;

/// <summary>Makes an image of a solved plan.</summary>
public static class ImageExport
{
    /// <summary>
    /// The image in the store, under names or dangling; of several platforms an index. With <paramref name="squash"/> all layers above the
    /// base image become one. Its time is that of its last layer, so that the same layers and the same plan give the same image.
    /// </summary>
    public static Image ToStore(
        StoreRoot store,
        IReadOnlyList<PlatformBuild> builds,
        SolveResult result,
        IReadOnlyList<ImageReference> names,
        bool squash,
        TimeProvider time,
        CancellationToken ct
    )
    {
        if (builds is not [var only])
            return store.Images.BuildIndex(Members(builds, result, time), names, result.Lease, ct);
        var tree = squash ? Squash(store, only.Plan, result, time, ct) : result[only.Plan.Root];
        return store.Images.Build(
            ConfigOf(only.Plan, result, tree, squash, time),
            [.. tree.Layers.Select(l => l.Blob)],
            names,
            result.Lease,
            ct
        );
    }

    /// <summary>The image as an archive that `docker load` and OCI tools read; it does not come into the store.</summary>
    public static void ToArchive(
        StoreRoot store,
        IReadOnlyList<PlatformBuild> builds,
        SolveResult result,
        IReadOnlyList<ImageReference> names,
        Stream output,
        TimeProvider time,
        CancellationToken ct
    ) => store.Images.Archive(Members(builds, result, time), names, result.Lease, output, ct);

    /// <summary>The trees' files as a tar; those of several platforms in a directory each.</summary>
    public static void ToTar(StoreRoot store, IReadOnlyList<PlatformBuild> builds, SolveResult result, Stream output, CancellationToken ct)
    {
        var trees = new List<(string, SourceTree)>();
        try
        {
            foreach (var build in builds)
                trees.Add((builds.Count > 1 ? build.Directory : "", store.Builds.OpenLayers(result[build.Plan.Root].ChainId)));
            SourceTree.Export(trees, output, builds[0].Plan.SourceDate, ct);
        }
        finally
        {
            foreach (var (_, tree) in trees)
                tree.Dispose();
        }
    }

    static IReadOnlyList<IndexMember> Members(IReadOnlyList<PlatformBuild> builds, SolveResult result, TimeProvider time) =>
        [
            .. builds.Select(b => new IndexMember(
                b.Platform,
                ConfigOf(b.Plan, result, result[b.Plan.Root], squash: false, time),
                [.. result[b.Plan.Root].Layers.Select(l => l.Blob)]
            )),
        ];

    /// <summary>The image's configuration, with its file system and history.</summary>
    static ImageConfig ConfigOf(BuildPlan plan, SolveResult result, BuiltTree tree, bool squash, TimeProvider time)
    {
        var now = plan.SourceDate ?? time.GetUtcNow();
        var history = ImageHistory.Of(plan, result, result[plan.Root].Layers, now);
        if (squash)
            history = Squashed(
                history,
                plan.BaseImage?.History?.Length ?? 0,
                tree.Layers.Count > (plan.BaseImage?.RootFs.DiffIds.Length ?? 0),
                now
            );
        return new ImageConfig
        {
            Created = plan.SourceDate ?? history.LastOrDefault(h => h.Created is not null)?.Created ?? now,
            Author = plan.Author.Length > 0 ? plan.Author : null,
            Architecture = plan.Platform.Architecture,
            Variant = plan.Platform.Variant is { Length: > 0 } variant ? variant : null,
            Os = plan.Platform.Os,
            Config = plan.Config,
            RootFs = new RootFs { DiffIds = [.. tree.Layers.Select(l => l.DiffId)] },
            History = history,
            InlineCache = plan.InlineCache && !squash ? CacheWriter.WriteInline(result.Steps.Where(s => s.IsOfResult), tree.Layers) : null,
        };
    }

    static BuiltTree Squash(StoreRoot store, BuildPlan plan, SolveResult result, TimeProvider time, CancellationToken ct)
    {
        var layers = result[plan.Root].Layers;
        var kept = plan.BaseImage?.RootFs.DiffIds.Length ?? 0;
        if (layers.Count - kept < 2)
            return result[plan.Root];
        BuiltTree below = new([.. layers.Take(kept)]);
        var squashed = store.Images.Squash(below.ChainId, [.. layers.Skip(kept).Select(l => l.Blob)], result.Lease, plan.SourceDate, ct);
        return squashed is { } layer
            ? new BuiltTree([.. below.Layers, new BuiltLayer(layer.Blob, layer.DiffId, plan.SourceDate ?? time.GetUtcNow())])
            : below;
    }

    // As Docker tells it: every instruction without a layer, then one entry with all of them.
    static HistoryEntry[] Squashed(HistoryEntry[] history, int kept, bool hasLayer, DateTimeOffset now)
    {
        var entries = history.Select((h, i) => i < kept ? h : h with { EmptyLayer = true });
        return hasLayer
            ? [.. entries, new HistoryEntry { Created = now, Comment = "merge of the layers above the base image" }]
            : [.. entries];
    }
}
