using Pier.Engine.Volumes.Drivers;
using Pier.Model;

namespace Pier.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>By name. Filters: dangling, driver, label, name. <paramref name="usage"/> adds sizes and reference counts.</summary>
    public Task<IReadOnlyList<VolumeView>> ListAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        bool usage,
        CancellationToken ct
    )
    {
        var filter = new VolumeFilter(filters, name => Table.Users(name).Count > 0);
        var known = Table.All.ToDictionary(r => r.Name);
        var views = known.Values.Where(r => filter.Matches(r) && r.Driver == LocalDriver.DriverName).Select(r => View(r, usage)).ToList();
        return Task.Run<IReadOnlyList<VolumeView>>(
            () =>
            {
                foreach (var driver in Table.Drivers.Plugins())
                    views.AddRange(OfPlugin(driver, known, filter));
                return [.. views.OrderBy(v => v.Record.Name, StringComparer.Ordinal)];
            },
            ct
        );
    }

    // A plugin that does not answer must not hide the volumes of all others.
    static IEnumerable<VolumeView> OfPlugin(IVolumeDriver driver, Dictionary<string, VolumeRecord> known, VolumeFilter filter)
    {
        IReadOnlyList<DriverVolume> volumes;
        try
        {
            volumes = driver.List();
        }
        catch (HostFailureException)
        {
            volumes = [.. known.Values.Where(r => r.Driver == driver.Name).Select(r => new DriverVolume(r.Name, ""))];
        }
        foreach (var volume in volumes)
        {
            var record = known.TryGetValue(volume.Name, out var ours)
                ? ours
                : new VolumeRecord
                {
                    Name = volume.Name,
                    Created = default,
                    Driver = driver.Name,
                };
            if (record.Driver == driver.Name && filter.Matches(record))
                yield return new VolumeView(record, volume.Mountpoint) { Scope = driver.Scope };
        }
    }
}

/// <summary>Docker's volume filters: values of one key are alternatives (labels all have to match), keys all have to match.</summary>
sealed class VolumeFilter(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, Func<string, bool> isUsed)
{
    public bool Matches(VolumeRecord volume) =>
        filters.All(f =>
            f.Value.Count == 0
            || f.Key switch
            {
                "dangling" => f.Value.Any(v => FilterValue.Boolean("dangling", v) != isUsed(volume.Name)),
                "driver" => f.Value.Any(v => v == volume.Driver),
                "name" => f.Value.Any(v => volume.Name.Contains(v, StringComparison.Ordinal)),
                "label" => f.Value.All(v => FilterValue.HasLabel(volume.Labels, v)),
                "label!" => !f.Value.Any(v => FilterValue.HasLabel(volume.Labels, v)),
                "all" => f.Value.Any(v => FilterValue.Boolean("all", v)) || volume.IsAnonymous,
                _ => throw new InvalidParameterException($"invalid filter '{f.Key}'"),
            }
        );
}
