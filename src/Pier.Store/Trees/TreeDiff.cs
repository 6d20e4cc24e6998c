using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Trees;

/// <summary>
/// What a container changed, by Docker's rules: a directory that only holds changes counts as modified, a deletion stands for all below
/// it, a directory's time and size say nothing. The upper tree is overlayfs's upper directory, or with <c>whole</c> a full copy of the
/// lower tree.
/// </summary>
sealed class TreeDiff(SafeFileHandle upper, SafeFileHandle lower, bool whole)
{
    readonly Dictionary<string, ChangeKind> _changes = new(StringComparer.Ordinal);
    readonly Stack<(string Path, bool HasLower)> _pending = new([("", true)]);

    /// <summary>The changes by path, parents first.</summary>
    internal IReadOnlyList<TreeChange> Compute()
    {
        while (_pending.TryPop(out var next))
            CompareDirectory(next.Path, next.HasLower);
        return [.. _changes.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new TreeChange("/" + c.Key, c.Value))];
    }

    void CompareDirectory(string path, bool hasLower)
    {
        using var above = TreeWalk.TryOpen(upper, path);
        if (above is null)
            return;
        using var below = hasLower ? TreeWalk.TryOpen(lower, path) : null;
        var entries = TreeWalk.Sorted(above);
        foreach (var entry in entries)
        {
            if (FileStat.Find(above, entry.Name) is { } stat)
                CompareEntry(above, below, entry.Name, stat, below is null ? null : FileStat.Find(below, entry.Name));
        }
        if (below is null || !(whole || OverlayMarks.IsOpaque(above, ".")))
            return;
        var kept = entries.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in DirectoryReader.Read(below))
            if (!kept.Contains(entry.Name))
                Record(TreeWalk.Join(path, entry.Name), ChangeKind.Deleted);

        void CompareEntry(SafeFileHandle parent, SafeFileHandle? old, string name, FileStat now, FileStat? before)
        {
            var entryPath = TreeWalk.Join(path, name);
            if (!whole && now.IsWhiteout)
            {
                if (before is not null)
                    Record(entryPath, ChangeKind.Deleted);
                return;
            }
            if (before is null)
                Record(entryPath, ChangeKind.Added);
            else if (Differs(now, before.Value) || !SameCapability(parent, old!, name))
                Record(entryPath, ChangeKind.Modified);
            if (now.IsDirectory)
                _pending.Push((entryPath, before is { IsDirectory: true }));
        }
    }

    void Record(string path, ChangeKind kind)
    {
        _changes[path] = kind;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (!_changes.TryAdd(path[..slash], ChangeKind.Modified))
                return;
        }
    }

    static bool Differs(FileStat now, FileStat before) =>
        now.Mode != before.Mode
        || now.Uid != before.Uid
        || now.Gid != before.Gid
        || (now.RdevMajor, now.RdevMinor) != (before.RdevMajor, before.RdevMinor)
        || (!now.IsDirectory && (now.Modify != before.Modify || now.Size != before.Size));

    static bool SameCapability(SafeFileHandle above, SafeFileHandle below, string name) =>
        (Xattrs.Get(above, name, "security.capability") ?? []).AsSpan().SequenceEqual(Xattrs.Get(below, name, "security.capability") ?? []);
}
