using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Networks;

/// <summary>GET /networks.</summary>
static class List
{
    public static Task HandleAsync(ApiRequest request)
    {
        var filters = request.Query.Filters().Accepting("dangling", "driver", "id", "label", "name", "scope", "type").Values;
        var networks = DefaultNetworks.Of(request.Engine.Options).Where(n => Matches(n, filters)).ToArray();
        return request.AnswerAsync(networks, ContractsJson.Wire.NetworkResourceArray);
    }

    static bool Matches(NetworkResource network, IReadOnlyDictionary<string, IReadOnlyList<string>> filters)
    {
        bool Any(string filter, Func<string, bool> matches) => !filters.TryGetValue(filter, out var values) || values.Any(matches);
        return Any("name", v => network.Name.Contains(v, StringComparison.Ordinal))
            && Any("id", v => network.Id.StartsWith(v, StringComparison.Ordinal))
            && Any("driver", v => network.Driver == v)
            && Any("scope", v => network.Scope == v)
            && Any("type", v => v == "builtin")
            && Any("label", _ => false)
            && Any("dangling", v => v is "false" or "0");
    }
}
