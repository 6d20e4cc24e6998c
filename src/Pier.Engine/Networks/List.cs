using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>By name. Filters: dangling, driver, id, label, name, scope, type.</summary>
    public Task<IReadOnlyList<NetworkView>> ListAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct)
    {
        var filter = new NetworkFilter(filters, IsUsed, parts.Time);
        return Task.FromResult<IReadOnlyList<NetworkView>>([
            .. Table.All.Where(filter.Matches).OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => new NetworkView(n, [])),
        ]);
    }

    bool IsUsed(NetworkRecord network) => network.IsPredefined || Connected(network.Id).Count > 0;
}

/// <summary>Docker's network filters: values of one key are alternatives (labels all have to match), keys all have to match.</summary>
sealed class NetworkFilter(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, Func<NetworkRecord, bool> isUsed, TimeProvider time)
{
    public bool Matches(NetworkRecord network) =>
        filters.All(f =>
            f.Value.Count == 0
            || f.Key switch
            {
                "dangling" => f.Value.Any(v => Dangling(v) != isUsed(network)),
                "driver" => f.Value.Contains(network.Driver),
                "id" => f.Value.Any(v => network.Id.StartsWith(v, StringComparison.Ordinal)),
                "name" => f.Value.Any(v => network.Name.Contains(v, StringComparison.Ordinal)),
                "scope" => f.Value.Contains("local"),
                "type" => f.Value.Any(v => Type(v) == network.IsPredefined),
                "label" => f.Value.All(v => FilterValue.HasLabel(network.Labels, v)),
                "label!" => !f.Value.Any(v => FilterValue.HasLabel(network.Labels, v)),
                "until" => f.Value.All(v => network.Created <= PruneLimit.Parse(v, time)),
                _ => throw new InvalidParameterException($"invalid filter '{f.Key}'"),
            }
        );

    static bool Type(string value) =>
        value switch
        {
            "builtin" => true,
            "custom" => false,
            _ => throw new InvalidParameterException($"invalid filter: 'type'='{value}'"),
        };

    static bool Dangling(string value) =>
        FilterValue.Boolean(value)
        ?? throw new InvalidParameterException("invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")");
}
