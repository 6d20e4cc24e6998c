using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Store.Trees;

/// <summary>Removes a directory with all that is in it, in place, without following links and without recursion.</summary>
static class TreeRemoval
{
    /// <summary>Takes away whatever has a name, if anything has: into the trash, or without one in its place.</summary>
    internal static void Remove(SafeFileHandle parent, string name, Trash? trash)
    {
        if (trash is not null)
            trash.Throw(parent, name);
        else if (FileStat.Find(parent, name) is { } stat)
        {
            if (stat.IsDirectory)
                Remove(parent, name);
            else
                At.Unlink(parent, name);
        }
    }

    internal static void Remove(SafeFileHandle parent, string name)
    {
        using (var root = At.Open(parent, name, OpenFlags.Directory | OpenFlags.NoFollow))
            Empty(root);
        At.RemoveDirectory(parent, name);
    }

    static void Empty(SafeFileHandle root)
    {
        var pending = new Stack<(string Path, bool Listed)>([("", false)]);
        while (pending.TryPop(out var next))
        {
            if (next.Listed)
            {
                RemoveEmpty(root, next.Path);
                continue;
            }
            if (next.Path.Length > 0)
                pending.Push((next.Path, true));
            using var directory = TreeWalk.TryOpen(root, next.Path);
            if (directory is null)
                continue;
            foreach (var entry in DirectoryReader.Read(directory))
            {
                if (At.TryRemove(directory, entry.Name, isDirectory: false) is Errno.EISDIR or Errno.EPERM)
                    pending.Push((TreeWalk.Join(next.Path, entry.Name), false));
            }
        }
    }

    // What cannot go (a mount, a file that came meanwhile) is told by the last rmdir.
    static void RemoveEmpty(SafeFileHandle root, string path)
    {
        var slash = path.LastIndexOf('/');
        using var parent = TreeWalk.TryOpen(root, slash < 0 ? "" : path[..slash]);
        if (parent is not null)
            At.TryRemove(parent, path[(slash + 1)..], isDirectory: true);
    }
}
