using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Removes stopped containers; the answer is ids and bytes freed. Filters: until, label.</summary>
    public async Task<(IReadOnlyList<string> Ids, long Bytes)> PruneAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        CancellationToken ct
    )
    {
        foreach (var key in filters.Keys)
        {
            if (key is not ("label" or "label!" or "until"))
                throw new InvalidParameterException($"invalid filter '{key}'");
        }
        var labels = new ContainerFilter(filters.Where(f => f.Key == "label").ToDictionary(), parts, []);
        var without = filters.GetValueOrDefault("label!") ?? [];
        var until = filters.GetValueOrDefault("until") is [var limit, ..] ? PruneLimit.Parse(limit, parts.Time) : (DateTimeOffset?)null;
        var removed = new List<string>();
        long bytes = 0;
        foreach (var container in parts.Containers.All)
        {
            if (container.Status is not (ContainerStatus.Created or ContainerStatus.Exited or ContainerStatus.Dead))
                continue;
            if (!labels.Matches(container) || (until is { } time && container.Record.Created > time))
                continue;
            if (
                without.Any(l =>
                    new ContainerFilter(new Dictionary<string, IReadOnlyList<string>> { ["label"] = [l] }, parts, []).Matches(container)
                )
            )
                continue;
            var usage = parts.Store.Snapshots.Usage(container.Id).Bytes;
            try
            {
                await RemoveAsync(container.Id, force: false, volumes: false, ct).ConfigureAwait(false);
            }
            catch (EngineException e) when (e is ConflictException or NotFoundException)
            {
                continue;
            }
            bytes += usage;
            removed.Add(container.Id);
        }
        parts.Events.Publish(
            "container",
            "prune",
            "",
            new Dictionary<string, string> { ["reclaimed"] = bytes.ToString(System.Globalization.CultureInfo.InvariantCulture) }
        );
        return (removed, bytes);
    }
}
