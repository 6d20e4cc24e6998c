using Pier.Model;

namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Removes networks that no container refers to, running or not. The answer is names. Filters: label, until.</summary>
    public Task<IReadOnlyList<string>> PruneAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct)
    {
        var filter = new NetworkFilter(filters, _ => false, parts.Time);
        var names = new List<string>();
        foreach (var record in Table.All.Where(n => !n.IsPredefined && filter.Matches(n)))
        {
            ct.ThrowIfCancellationRequested();
            if (IsReferred(record))
                continue;
            try
            {
                if (!Table.Remove(record))
                    continue;
            }
            catch (NotFoundException)
            {
                continue;
            }

            NetworkEvents.Publish(parts.Events, record, "destroy");
            names.Add(record.Name);
        }

        parts.Events.Publish("network", "prune", "", new Dictionary<string, string> { ["reclaimed"] = "0" });
        return Task.FromResult<IReadOnlyList<string>>(names);
    }

    bool IsReferred(NetworkRecord network) =>
        parts.Containers.All.Any(c =>
            c.Record.Networking?.EndpointsConfig?.Any(e => e.Key == network.Name || e.Value?.NetworkID == network.Id) == true
        );
}
