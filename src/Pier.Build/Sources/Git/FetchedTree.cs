using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Sources.Git;

/// <summary>A checked-out tree on its way to where it is wanted. Links in it are never followed.</summary>
static class FetchedTree
{
    const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>
    /// Moves what lies in a subdirectory ("" is the whole tree) into a directory. Throws <see cref="InvalidParameterException"/> where it
    /// is no directory.
    /// </summary>
    public static void MoveOut(string tree, string subdirectory, string destination, bool keepGitDirectory)
    {
        var from =
            Directory(tree, subdirectory)
            ?? throw new InvalidParameterException($"subdir {subdirectory} is no directory of the repository");
        if (!keepGitDirectory)
            DeleteGitDirectories(from);
        Normalize(new DirectoryInfo(from));
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos().ToList())
        {
            var target = Path.Combine(destination, entry.Name);
            // rename(2) takes links as they are.
            if (entry is DirectoryInfo { LinkTarget: null })
                System.IO.Directory.Move(entry.FullName, target);
            else
                File.Move(entry.FullName, target);
        }
        File.SetUnixFileMode(destination, Executable);
    }

    /// <summary>A directory below a tree, reached through directories alone; null where a link or something else is in the way.</summary>
    public static string? Directory(string tree, string path)
    {
        var from = tree;
        foreach (var part in CleanPath.Of("/" + path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new DirectoryInfo(Path.Combine(from, part));
            if (part == ".git" || !next.Exists || next.LinkTarget is not null)
                return null;
            from = next.FullName;
        }
        return from;
    }

    // The repository's own, and the files that stand in for it in submodules.
    static void DeleteGitDirectories(string tree)
    {
        foreach (var directory in Walk(new DirectoryInfo(tree)).ToList())
        foreach (var entry in directory.EnumerateFileSystemInfos(".git").Where(e => e.Name == ".git").ToList())
        {
            if (entry is DirectoryInfo { LinkTarget: null } found)
                found.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    // git knows two modes; what this process's umask made of them is not part of the source.
    static void Normalize(DirectoryInfo tree)
    {
        foreach (var directory in Walk(tree).ToList())
        {
            directory.UnixFileMode = Executable;
            foreach (var file in directory.EnumerateFiles().Where(f => f.LinkTarget is null))
                file.UnixFileMode = file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? Executable : Plain;
        }
    }

    static IEnumerable<DirectoryInfo> Walk(DirectoryInfo root)
    {
        var open = new Stack<DirectoryInfo>([root]);
        while (open.TryPop(out var directory))
        {
            yield return directory;
            if (!directory.Exists)
                continue;
            foreach (var child in directory.EnumerateDirectories().Where(d => d.LinkTarget is null && d.Name != ".git"))
                open.Push(child);
        }
    }

    public static void Delete(string tree)
    {
        if (System.IO.Directory.Exists(tree))
            System.IO.Directory.Delete(tree, recursive: true);
    }
}
