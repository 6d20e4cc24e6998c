using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Model.Builds;
using Pier.Store.Builds;
using Pier.Store.Trees;

namespace Pier.Store.Contexts;

/// <summary>
/// A built tree on its way to a client's directory: its entries in the order that the journey wants, and their content. Owns the tree.
/// </summary>
/// <param name="date">The time of everything; null for each file's own.</param>
public sealed class OutputTree(SourceTree tree, DateTimeOffset? date = null) : IDisposable
{
    const long Billion = 1_000_000_000;

    /// <summary>
    /// Every entry: names sorted, each directory followed by what is in it. The names of one file are links to the first of them.
    /// </summary>
    public IEnumerable<FileEntry> Entries()
    {
        var (pending, names) = (new Stack<string>(), new Dictionary<(uint, uint, ulong), string>());
        Push(pending, "");
        while (pending.TryPop(out var path))
        {
            var entry = Border.Cross(() => Describe(path, names));
            yield return entry;
            if ((entry.Mode & ModeBits.TypeMask) == ModeBits.Directory)
                Push(pending, path);
        }
    }

    /// <summary>The content of a regular file.</summary>
    public Stream OpenContent(FileEntry entry) =>
        Border.Cross(() =>
            new FileStream(
                At.OpenIn(
                    tree.Root,
                    entry.Path,
                    OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoFollow,
                    Resolve.Beneath | Resolve.NoSymlinks
                ),
                FileAccess.Read,
                bufferSize: 0
            )
        );

    void Push(Stack<string> pending, string path)
    {
        using var directory = Border.Cross(() => OpenDirectory(path));
        var entries = TreeWalk.Sorted(directory);
        for (var i = entries.Count - 1; i >= 0; i--)
            pending.Push(TreeWalk.Join(path, entries[i].Name));
    }

    FileEntry Describe(string path, Dictionary<(uint, uint, ulong), string> names)
    {
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        using var directory = OpenDirectory(slash < 0 ? "" : path[..slash]);
        var stat = FileStat.Of(directory, name);
        return new FileEntry
        {
            Path = path,
            Mode = stat.Mode,
            UserId = stat.Uid,
            GroupId = stat.Gid,
            Size = stat.IsRegular ? stat.Size : 0,
            ModifiedAt = date is { } time ? Nanoseconds(FileTime.Of(time)) : Nanoseconds(stat.Modify),
            LinkTarget =
                stat.IsSymlink ? At.ReadLink(directory, name)
                : stat.IsRegular && stat.Links > 1 && !names.TryAdd(stat.Identity, path) ? names[stat.Identity]
                : "",
            DeviceMajor = stat.RdevMajor,
            DeviceMinor = stat.RdevMinor,
        };
    }

    static long Nanoseconds(FileTime time) => time.Seconds * Billion + time.Nanoseconds;

    SafeFileHandle OpenDirectory(string path) => At.OpenIn(tree.Root, path, OpenFlags.Directory, Resolve.Beneath | Resolve.NoSymlinks);

    public void Dispose() => tree.Dispose();
}
