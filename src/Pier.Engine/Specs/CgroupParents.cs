using Pier.Model;

namespace Pier.Engine.Specs;

/// <summary>
/// Where below the hierarchies' roots a container's group goes. A slice is named as systemd names it: each dash leads one slice further
/// down (man 5 systemd.slice).
/// </summary>
static class CgroupParents
{
    const string Suffix = ".slice";

    /// <summary>The path of a parent as --cgroup-parent gives it: "a-b.slice" is /a.slice/a-b.slice, everything else is itself.</summary>
    public static string PathOf(string parent)
    {
        if (!parent.EndsWith(Suffix, StringComparison.Ordinal) || parent.Contains('/'))
            return parent;
        if (parent == "-" + Suffix)
            return "/";
        var words = parent[..^Suffix.Length].Split('-');
        if (words.Any(w => w.Length == 0))
            throw new InvalidParameterException($"cgroup-parent: \"{parent}\" is no name of a slice");
        return "/" + string.Join('/', words.Select((_, i) => string.Join('-', words[..(i + 1)]) + Suffix));
    }
}
