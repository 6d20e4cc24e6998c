using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Trees;

namespace Pier.Store.Builds;

/// <summary>Takes out of a tree what a filter leaves out: files at once, directories when nothing is left in them.</summary>
static class TreePruning
{
    internal static void Prune(SafeFileHandle root, TreeFilter filter)
    {
        var left = new List<string>();
        TreeWalk.Visit(
            root,
            (directory, name, path, stat) =>
            {
                if (!filter.Leaves(path, stat.IsDirectory))
                    return true;
                if (stat.IsDirectory)
                    left.Add(path);
                else
                    At.Unlink(directory, name);
                return true;
            }
        );
        // Deepest first: a directory that holds something wanted stays (ENOTEMPTY).
        for (var i = left.Count - 1; i >= 0; i--)
            At.TryRemove(root, left[i], isDirectory: true);
    }
}
