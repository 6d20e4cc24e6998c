using Pier.Build.Cache.Portable;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;
using Pier.Model.Builds;
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
            return store.Images.Keep(Write(store, builds, result, ImageOutput.Plain, squash, time, ct), names, result.Lease, ct);
        // What was built again out of the cache is there already, as often as not.
        var member = Member(store, only, result, ImageOutput.Plain, squash, time, ct);
        return store.Images.Build(member.Config, member.Layers, names, result.Lease, ct);
    }

    /// <summary>The image's blobs in the store, where the result holds them until it is disposed; nothing names them.</summary>
    public static WrittenImage Write(
        StoreRoot store,
        IReadOnlyList<PlatformBuild> builds,
        SolveResult result,
        ImageOutput output,
        bool squash,
        TimeProvider time,
        CancellationToken ct
    ) =>
        store.Images.Write(
            [.. builds.Select(b => Member(store, b, result, output, squash, time, ct))],
            output.Form,
            output.Notes.Of(NotePlace.Index, null),
            output.Notes.Of(NotePlace.IndexDescriptor, null),
            result.Lease,
            ct
        );

    static IndexMember Member(
        StoreRoot store,
        PlatformBuild build,
        SolveResult result,
        ImageOutput output,
        bool squash,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var date = output.SourceDate ?? build.Plan.SourceDate;
        var tree = squash ? Squash(store, build.Plan, result, time, ct) : result[build.Plan.Root];
        return new IndexMember(build.Platform, ConfigOf(build.Plan, result, tree, squash, date, time), [.. tree.Layers.Select(l => l.Blob)])
        {
            ManifestAnnotations = output.Notes.Of(NotePlace.Manifest, build.Platform),
            DescriptorAnnotations = output.Notes.Of(NotePlace.ManifestDescriptor, build.Platform),
        };
    }

    /// <summary>The configuration that the image of one platform would have.</summary>
    public static ImageConfig ConfigOf(PlatformBuild build, SolveResult result, TimeProvider time) =>
        ConfigOf(build.Plan, result, result[build.Plan.Root], squash: false, build.Plan.SourceDate, time);

    /// <summary>The image's configuration, with its file system and history.</summary>
    static ImageConfig ConfigOf(BuildPlan plan, SolveResult result, BuiltTree tree, bool squash, DateTimeOffset? date, TimeProvider time)
    {
        var now = date ?? time.GetUtcNow();
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
            Created = date ?? history.LastOrDefault(h => h.Created is not null)?.Created ?? now,
            Author = plan.Author.Length > 0 ? plan.Author : null,
            Architecture = plan.Platform.Architecture,
            Variant = plan.Platform.Variant is { Length: > 0 } variant ? variant : null,
            Os = plan.Platform.Os,
            Config = InOrder(plan.Config),
            RootFs = new RootFs { DiffIds = [.. tree.Layers.Select(l => l.DiffId)] },
            History = [.. history.Select(h => h.Created > date ? h with { Created = date } : h)],
            InlineCache = plan.InlineCache && !squash ? CacheWriter.WriteInline(result.Steps.Where(s => s.IsOfResult), tree.Layers) : null,
        };
    }

    /// <summary>
    /// Clients name labels in any order, a new one each time: the image's id, which is that of its bytes, must not show it.
    /// </summary>
    static ContainerConfig InOrder(ContainerConfig config) =>
        config with
        {
            Labels = InOrder(config.Labels),
            ExposedPorts = InOrder(config.ExposedPorts),
            Volumes = InOrder(config.Volumes),
        };

    static Dictionary<string, T>? InOrder<T>(Dictionary<string, T>? map) =>
        map is null ? null : new(map.OrderBy(e => e.Key, StringComparer.Ordinal));

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
