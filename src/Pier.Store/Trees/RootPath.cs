namespace Pier.Store.Trees;

/// <summary>
/// A path in a container as Docker reads it: absolute or not, cleaned as Go's path.Clean does, with a trailing "/" or "/." kept, which
/// means "the directory that it leads to" instead of a link itself.
/// </summary>
readonly record struct RootPath
{
    internal RootPath(string path)
    {
        var kept = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                kept.Add(part);
            else if (kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
        }
        Clean = string.Join('/', kept);
        var dot = path == "." || path.EndsWith("/.", StringComparison.Ordinal);
        FollowsLast = Clean.Length == 0 || dot || path.EndsWith('/');
        Name =
            Clean.Length == 0
                ? dot
                    ? "."
                    : "/"
                : dot
                    ? "."
                    : kept[^1];
    }

    /// <summary>Without slashes around it; "" for the root.</summary>
    internal string Clean { get; }

    /// <summary>What the top of an archive of it is called: the last part, "." or "/".</summary>
    internal string Name { get; }

    internal bool FollowsLast { get; }

    internal string Parent => Clean.LastIndexOf('/') is var slash and >= 0 ? Clean[..slash] : "";
    internal string Last => Clean[(Clean.LastIndexOf('/') + 1)..];
}
