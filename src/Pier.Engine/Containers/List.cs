using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<ContainerView>> ListAsync(ListContainers query, CancellationToken ct)
    {
        var all = parts.Containers.All;
        Array.Sort(all, (a, b) => b.Record.Created.CompareTo(a.Record.Created));
        var filter = new ContainerFilter(query.Filters, parts, all);
        var result = new List<ContainerView>(all.Length);
        // A limit (-n) and a filter on the state look at stopped containers too.
        var everything = query.All || query.Limit is > 0 || filter.LooksAtState;
        foreach (var container in all)
        {
            if (!everything && !container.IsRunning && container.ShownStatus != ContainerStatus.Restarting)
                continue;
            if (!filter.Matches(container))
                continue;
            try
            {
                result.Add(View(container, query.Size));
            }
            catch (NotFoundException)
            {
                continue; // it was removed while it was looked at
            }
            if (result.Count == query.Limit)
                break;
        }
        return Task.FromResult<IReadOnlyList<ContainerView>>(result);
    }
}
