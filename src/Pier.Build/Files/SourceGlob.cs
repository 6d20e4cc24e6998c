using Pier.Model.Builds;
using Pier.Store.Builds;

namespace Pier.Build.Files;

/// <summary>The paths of a tree that a COPY source stands for.</summary>
static class SourceGlob
{
    static readonly char[] Special = ['*', '?', '[', '\\'];

    public static bool IsPattern(string source) => source.AsSpan().IndexOfAny(Special) >= 0;

    /// <summary>
    /// Absolute paths in the order of names; the path itself where it has no wildcard, whether it is there or not. "." and ".." are
    /// resolved as text: nothing climbs out of the tree.
    /// </summary>
    public static IReadOnlyList<string> Expand(SourceTree tree, string source)
    {
        IReadOnlyList<string> found = ["/"];
        foreach (var part in Parts(source))
        {
            if (!IsPattern(part))
            {
                found = [.. found.Select(directory => Join(directory, part))];
                continue;
            }
            var pattern = PathPattern.Parse(part);
            found =
            [
                .. found.SelectMany(directory =>
                    tree.Names(directory).Where(name => pattern.Matches(name)).Select(name => Join(directory, name))
                ),
            ];
        }
        // What a wildcard before it stands for must be there; a plain path is the caller's to miss.
        return IsPattern(source) ? [.. found.Where(path => tree.Find(path) is not null || IsLink(tree, path))] : found;
    }

    public static string Join(string directory, string name) => directory == "/" ? "/" + name : $"{directory}/{name}";

    /// <summary>A path as Go's path.Clean leaves it below "/": absolute, without "." and "..".</summary>
    public static string Clean(string path) => "/" + string.Join('/', Parts(path));

    static bool IsLink(SourceTree tree, string path) => tree.Resolved(path) != path;

    static List<string> Parts(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
        }
        return parts;
    }
}
