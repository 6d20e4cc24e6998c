namespace Pier.Model.Builds;

/// <summary>The shortest form of a path (Go's path.Clean): no "//", no ".", ".." worked in where something stands before it.</summary>
public static class CleanPath
{
    /// <summary>"." for what is empty; the root's ".." is the root.</summary>
    public static string Of(string path)
    {
        var rooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts is [.., not ".."])
                parts.RemoveAt(parts.Count - 1);
            else if (!rooted)
                parts.Add(part);
        }
        var joined = string.Join('/', parts);
        return rooted ? "/" + joined
            : joined.Length > 0 ? joined
            : ".";
    }

    /// <summary>A path seen from a directory: absolute paths stay. Cleaned; a base that is not absolute counts from the root.</summary>
    public static string Join(string directory, string path) => Of(path.StartsWith('/') ? path : $"/{directory}/{path}");
}
