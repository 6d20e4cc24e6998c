namespace Pier.Cli.Containers.Copying;

/// <summary>Docker's rules for the paths of cp: what a trailing "/" or "/." means, and what an argument names.</summary>
static class CopyPath
{
    /// <summary>
    /// CONTAINER:PATH; a null container for a local path. An absolute path, or one that begins with a dot, is local whatever it holds.
    /// </summary>
    public static (string? Container, string Path) Split(string argument)
    {
        if (argument.StartsWith('/'))
            return (null, argument);
        var colon = argument.IndexOf(':');
        return colon < 0 || argument.StartsWith('.') ? (null, argument) : (argument[..colon], argument[(colon + 1)..]);
    }

    /// <summary>As Go's path.Clean.</summary>
    public static string Clean(string path)
    {
        var kept = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                kept.Add(part);
            else if (kept.Count > 0 && kept[^1] != "..")
                kept.RemoveAt(kept.Count - 1);
            else if (!path.StartsWith('/'))
                kept.Add(part);
        }
        var clean = string.Join('/', kept);
        return path.StartsWith('/') ? "/" + clean
            : clean.Length == 0 ? "."
            : clean;
    }

    /// <summary>Directory and last part; the last part of "dir/." is ".".</summary>
    public static (string Directory, string Base) SplitEntry(string path)
    {
        var clean = Clean(path);
        if (NamesContent(path))
            return (clean, ".");
        var slash = clean.LastIndexOf('/');
        if (slash < 0)
            return (".", clean);
        return (slash == 0 ? "/" : clean[..slash], clean == "/" ? "/" : clean[(slash + 1)..]);
    }

    /// <summary>"." or "dir/.": what is in a directory.</summary>
    public static bool NamesContent(string path) => path == "." || path.EndsWith("/.", StringComparison.Ordinal);

    /// <summary>A path that only a directory can have.</summary>
    public static bool NamesDirectory(string path) => path.EndsWith('/') || NamesContent(path);

    /// <summary>The directory of a link joined with what the link says.</summary>
    public static string Follow(string path, string target) =>
        target.StartsWith('/') ? target : Clean(SplitEntry(path).Directory + "/" + target);
}
