using Pier.Model;

namespace Pier.Engine.Mounts;

/// <summary>Places inside a container, cleaned.</summary>
static class MountPaths
{
    /// <summary>
    /// An absolute path without ".", "..", doubled slashes and a slash at the end. <paramref name="bind"/> is the -v text for errors, or
    /// null.
    /// </summary>
    public static string Target(string target, string? bind = null)
    {
        if (target.Length == 0 || target[0] != '/' || target.Contains('\0'))
            throw new InvalidParameterException(
                bind is null
                    ? $"invalid mount path: '{target}' mount path must be absolute"
                    : $"invalid volume specification: '{bind}': invalid mount config for type \"bind\": invalid mount path: '{target}' mount path must be absolute"
            );
        var clean = Path.GetFullPath(target);
        if (clean == "/")
            throw new InvalidParameterException(
                (bind is null ? "" : $"invalid volume specification: '{bind}': ")
                    + "invalid mount config for type \"bind\": invalid specification: destination can't be '/'"
            );
        return clean.TrimEnd('/');
    }

    /// <summary>An absolute path of the host, cleaned in the same way.</summary>
    public static string Source(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Whether a path stays below where it starts, read as text (Go's filepath.IsLocal).</summary>
    public static bool IsLocal(string path)
    {
        if (path.Length == 0 || path[0] == '/' || path.Contains('\0'))
            return false;
        var depth = 0;
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            depth += part == ".." ? -1 : 1;
            if (depth < 0)
                return false;
        }
        return true;
    }
}
