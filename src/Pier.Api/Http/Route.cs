namespace Pier.Api.Http;

/// <summary>Answers one request.</summary>
delegate Task Endpoint(ApiRequest request);

/// <summary>
/// A method and a path pattern: "/containers/json", or with one name, "/containers/{name}/start". As in Docker a name may hold slashes
/// ("/images/docker.io/library/busybox/json"), so a pattern is what stands before the name and what stands after it.
/// </summary>
sealed class Route
{
    public Route(string method, string pattern, Endpoint endpoint)
    {
        Method = method;
        Pattern = pattern;
        Endpoint = endpoint;
        var open = pattern.IndexOf("{name}", StringComparison.Ordinal);
        Prefix = open < 0 ? pattern : pattern[..open];
        Suffix = open < 0 ? null : pattern[(open + "{name}".Length)..];
    }

    public string Method { get; }
    public string Pattern { get; }
    public Endpoint Endpoint { get; }
    string Prefix { get; }

    /// <summary>What follows the name; null when there is no name.</summary>
    string? Suffix { get; }

    public bool HasName => Suffix is not null;

    /// <summary>Whether the path is of this shape, and the name in it ("" for none).</summary>
    public bool Matches(string path, out string name)
    {
        name = "";
        if (Suffix is null)
            return path == Prefix;
        if (path.Length <= Prefix.Length + Suffix.Length)
            return false;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || !path.EndsWith(Suffix, StringComparison.Ordinal))
            return false;
        name = path[Prefix.Length..^Suffix.Length].TrimStart('/');
        return name.Length > 0;
    }
}
