using System.Collections.Frozen;

namespace Pier.Api.Http;

/// <summary>Finds the endpoint of a method and path: exact paths first, then patterns in the table's order.</summary>
sealed class Router
{
    readonly FrozenDictionary<(string, string), Endpoint> _exact;
    readonly FrozenDictionary<string, Route[]> _patterns;

    public Router(IReadOnlyList<Route> routes)
    {
        _exact = routes.Where(r => !r.HasName).ToFrozenDictionary(r => (r.Method, r.Pattern), r => r.Endpoint);
        _patterns = routes.Where(r => r.HasName).GroupBy(r => r.Method + Noun(r.Pattern)).ToFrozenDictionary(g => g.Key, g => g.ToArray());
    }

    public Endpoint? Find(string method, string path, out string name)
    {
        name = "";
        // A HEAD is answered by its own route or by the GET's, whose body the server drops.
        if (_exact.TryGetValue((method, path), out var endpoint))
            return endpoint;
        if (method == "HEAD" && _exact.TryGetValue(("GET", path), out endpoint))
            return endpoint;
        if (!_patterns.TryGetValue(method + Noun(path), out var candidates))
            return null;
        foreach (var route in candidates)
            if (route.Matches(path, out name))
                return route.Endpoint;
        return null;
    }

    /// <summary>"/containers" of "/containers/x/json".</summary>
    static string Noun(string path)
    {
        var end = path.IndexOf('/', 1);
        return end < 0 ? path : path[..end];
    }
}
