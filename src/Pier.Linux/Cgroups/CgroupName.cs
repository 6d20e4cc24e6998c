namespace Pier.Linux.Cgroups;

/// <summary>Paths of groups below a hierarchy's root, checked at the door: they become parts of file names.</summary>
public static class CgroupName
{
    /// <summary>
    /// Why a path cannot be one, or null when it can. Absolute or relative, no "." or "..", no NUL or newline, at most 4,000 bytes.
    /// </summary>
    public static string? Problem(string path)
    {
        if (path.Length is 0 or > 4000)
            return "cgroup path is empty or too long";
        if (path.Any(char.IsControl))
            return "cgroup path contains a control character";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is "." or "..")
                return $"cgroup path \"{path}\" contains \"{part}\"";
            if (System.Text.Encoding.UTF8.GetByteCount(part) > 255)
                return "a part of the cgroup path is longer than 255 bytes";
            // A group with a controller file's name would hide that file in its parent.
            if (part.StartsWith("cgroup.", StringComparison.Ordinal))
                return $"cgroup path \"{path}\" uses the kernel's name \"{part}\"";
        }
        return path.Trim('/').Length == 0 ? "cgroup path names the root group" : null;
    }

    /// <summary>"a//b/" as "/a/b".</summary>
    public static string Clean(string path) => "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
}
