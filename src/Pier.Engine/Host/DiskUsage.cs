using Pier.Engine.Builds;
using Pier.Engine.Containers;
using Pier.Engine.Images;
using Pier.Engine.Volumes;
using Pier.Model;

namespace Pier.Engine.Host;

/// <summary>
/// What the data root holds, in bytes on disk. <see cref="Layers"/>, the sizes of containers, of volumes and of what only the build cache
/// has are together what `du -x` of the root says: whatever is none of the others counts with the layers. Parts that were not asked for are
/// null.
/// </summary>
public sealed record DiskUsageView
{
    public long Layers { get; init; }
    public IReadOnlyList<(ImageSummaryView Image, long Size, long Shared)>? Images { get; init; }

    /// <summary>SizeRw is the snapshot and the log.</summary>
    public IReadOnlyList<ContainerView>? Containers { get; init; }

    public IReadOnlyList<VolumeView>? Volumes { get; init; }

    /// <summary>Rows that are Shared are layers that images have as well.</summary>
    public IReadOnlyList<BuildCacheView>? BuildCache { get; init; }
}

public sealed partial class HostService
{
    static readonly Dictionary<string, IReadOnlyList<string>> NoFilters = [];

    /// <summary>Measures; <paramref name="types"/> are "container", "image", "volume", "build-cache", or none for all.</summary>
    public async Task<DiskUsageView> DiskUsageAsync(
        ContainerService containers,
        ImageService images,
        VolumeService volumes,
        BuildService builds,
        IReadOnlyList<string> types,
        CancellationToken ct
    )
    {
        if (types.FirstOrDefault(t => t is not ("container" or "image" or "volume" or "build-cache")) is { } unknown)
            throw new InvalidParameterException($"unknown object type: {unknown}");
        bool Wants(string type) => types.Count == 0 || types.Contains(type);
        var result = new DiskUsageView();
        // The layers' share is what the others leave.
        if (Wants("container") || Wants("image"))
            result = result with { Containers = await ContainersAsync(containers, ct).ConfigureAwait(false) };
        if (Wants("volume") || Wants("image"))
            result = result with { Volumes = await volumes.ListAsync(NoFilters, usage: true, ct).ConfigureAwait(false) };
        if (Wants("build-cache") || Wants("image"))
            result = result with { BuildCache = await Task.Run(builds.ListCache, ct).ConfigureAwait(false) };
        if (Wants("image"))
        {
            var others =
                result.Containers!.Sum(c => c.SizeRw ?? 0)
                + result.Volumes!.Where(v => !v.Record.IsMounted).Sum(v => v.Size ?? 0)
                + result.BuildCache!.Where(r => !r.Shared).Sum(r => r.Size);
            result = result with
            {
                Images = await ImagesAsync(images, ct).ConfigureAwait(false),
                Layers = Math.Max(0, parts.Store.Usage() - others),
            };
        }
        return result with
        {
            Containers = Wants("container") ? result.Containers : null,
            Volumes = Wants("volume") ? result.Volumes : null,
            BuildCache = Wants("build-cache") ? result.BuildCache : null,
        };
    }

    async Task<IReadOnlyList<ContainerView>> ContainersAsync(ContainerService containers, CancellationToken ct)
    {
        var all = await containers.ListAsync(new ListContainers(true, null, true, NoFilters), ct).ConfigureAwait(false);
        return
        [
            .. all.Select(c =>
                c with
                {
                    SizeRw = parts.Store.Snapshots.SnapshotUsage(c.Record.Id) + parts.Store.ContainerFilesUsage(c.Record.Id),
                }
            ),
        ];
    }

    async Task<IReadOnlyList<(ImageSummaryView, long, long)>> ImagesAsync(ImageService images, CancellationToken ct)
    {
        var usage = parts.Store.Images.Usage().ToDictionary(u => u.Id.ToString());
        var all = await images.ListAsync(all: true, NoFilters, ct).ConfigureAwait(false);
        return [.. all.Select(i => usage.TryGetValue(i.Id, out var u) ? (i, u.Size, u.Shared) : (i, i.Size, 0L))];
    }
}
