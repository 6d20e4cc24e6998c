namespace Pier.Cli.Containers.Copying;

/// <summary>One end of a copy.</summary>
/// <param name="RebaseName">The name that the top of the archive should have, where a link was followed; else null.</param>
readonly record struct CopyEnd(string Path, bool Exists, bool IsDirectory, string? RebaseName = null);

/// <summary>Where an archive is unpacked, and what its top is renamed to; docker's cp documentation holds the table of cases.</summary>
/// <param name="OldTop">The archive's top name, or null when it stays.</param>
readonly record struct CopyPlan(string Directory, string? OldTop, string? NewTop)
{
    public static CopyPlan Make(CopyEnd source, CopyEnd target)
    {
        if (target is { Exists: true, IsDirectory: true })
            return new CopyPlan(target.Path, null, null);
        if (target.Exists && source.IsDirectory)
            throw new CliFailure("cannot copy directory");
        if (!target.Exists && !source.IsDirectory && CopyPath.NamesDirectory(target.Path))
            throw new CliFailure("no such directory");
        var (directory, newTop) = CopyPath.SplitEntry(target.Path);
        return new CopyPlan(directory, source.RebaseName ?? CopyPath.SplitEntry(source.Path).Base, newTop);
    }

    /// <summary>An entry's name as it is unpacked.</summary>
    public string Rename(string name) => OldTop is null ? name : Rename(name, OldTop, NewTop!);

    /// <summary>Puts another name at the top. The root's archive has the top "/".</summary>
    public static string Rename(string name, string oldTop, string newTop)
    {
        if (oldTop == "/")
            oldTop = "";
        return
            name.StartsWith(oldTop, StringComparison.Ordinal)
            && (oldTop.Length == 0 || name.Length == oldTop.Length || name[oldTop.Length] == '/')
            ? newTop + name[oldTop.Length..]
            : name;
    }
}
