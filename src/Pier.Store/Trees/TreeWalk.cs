using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Store.Trees;

/// <summary>One file of a tree: its open directory, its name there, its path from the tree's root. True: go into it.</summary>
delegate bool TreeVisitor(SafeFileHandle directory, string name, string path, FileStat stat);

/// <summary>
/// Visits every file below a directory in a fixed order: a directory's names by code unit, then its subdirectories one after another. The
/// tree may change meanwhile and its owner may be hostile: links are never followed, what goes away is left out, and depth costs neither
/// stack nor descriptors (a path longer than PATH_MAX is an error).
/// </summary>
static class TreeWalk
{
    internal static void Visit(SafeFileHandle root, TreeVisitor visitor, CancellationToken ct = default)
    {
        var pending = new Stack<string>([""]);
        while (pending.TryPop(out var path))
        {
            ct.ThrowIfCancellationRequested();
            using var directory = TryOpen(root, path);
            if (directory is not null)
                VisitOne(directory, path, visitor, pending);
        }
    }

    /// <summary>A directory of the tree by its path, or null when none is there (any more).</summary>
    internal static SafeFileHandle? TryOpen(SafeFileHandle root, string path)
    {
        try
        {
            return At.OpenIn(root, path, OpenFlags.Directory, Resolve.Beneath | Resolve.NoSymlinks);
        }
        catch (LinuxException e) when (path.Length > 0 && e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return null;
        }
    }

    internal static List<DirectoryEntry> Sorted(SafeFileHandle directory)
    {
        var entries = DirectoryReader.Read(directory);
        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    internal static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    static void VisitOne(SafeFileHandle directory, string path, TreeVisitor visitor, Stack<string> pending)
    {
        var below = new List<string>();
        foreach (var entry in Sorted(directory))
        {
            if (FileStat.Find(directory, entry.Name) is not { } stat)
                continue;
            var entryPath = Join(path, entry.Name);
            try
            {
                if (visitor(directory, entry.Name, entryPath, stat) && stat.IsDirectory)
                    below.Add(entryPath);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EINVAL)
            {
                // Deleted, or replaced by something else, since the directory was listed.
            }
        }
        for (var i = below.Count - 1; i >= 0; i--)
            pending.Push(below[i]);
    }
}
