using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Trees;

namespace Pier.Store.Builds;

/// <summary>
/// Copies files into a directory of a tree that nobody else writes to: directories merge and take the source's look, everything else
/// replaces what has its name, links included. Hard links among the copied files stay links.
/// </summary>
sealed class TreeCopier(SafeFileHandle top, CopyLook look, CancellationToken ct)
{
    readonly Dictionary<(uint, uint, ulong), string> _linked = [];
    readonly List<(string Path, FileTime Modified)> _directories = [];
    string _parentPath = "";
    SafeFileHandle? _parent;

    /// <summary>Copies all that a directory holds.</summary>
    internal void CopyChildren(SafeFileHandle source, TreeFilter? filter)
    {
        try
        {
            TreeWalk.Visit(
                source,
                (directory, name, path, stat) =>
                {
                    // What is left out may hold something that is not: its directory is made when that is met.
                    if (filter?.Leaves(path, stat.IsDirectory) == true)
                        return stat.IsDirectory;
                    Copy(source, directory, name, path, stat);
                    return true;
                },
                ct
            );
            for (var i = _directories.Count - 1; i >= 0; i--)
                At.SetTimes(top, _directories[i].Path, _directories[i].Modified, _directories[i].Modified);
        }
        finally
        {
            _parent?.Dispose();
        }
    }

    /// <summary>Copies one file that is neither a directory nor a link.</summary>
    internal void CopyOne(SafeFileHandle directory, string name, FileStat stat, string newName, string shown)
    {
        Replace(top, newName, shown);
        using (var held = At.Open(directory, name, OpenFlags.Path | OpenFlags.NoFollow))
            CopyRegularOrNode(held, stat, top, newName);
        TreeMetadata.Apply(stat, directory, name, top, newName, look);
    }

    void Copy(SafeFileHandle source, SafeFileHandle directory, string name, string path, FileStat stat)
    {
        var slash = path.LastIndexOf('/');
        var parent = Parent(source, slash < 0 ? "" : path[..slash]);
        if (stat.IsDirectory)
        {
            MakeDirectory(parent, name, path);
            TreeMetadata.Apply(stat, directory, name, parent, name, look);
            _directories.Add((path, stat.Modify));
            return;
        }
        if (stat.Type == ModeBits.Socket)
            return;
        Replace(parent, name, path);
        if (stat.Links > 1 && !_linked.TryAdd(stat.Identity, path))
        {
            At.Link(top, _linked[stat.Identity], parent, name);
            return;
        }
        if (stat.IsSymlink)
        {
            At.Symlink(At.ReadLink(directory, name), parent, name);
        }
        else
        {
            using var held = At.Open(directory, name, OpenFlags.Path | OpenFlags.NoFollow);
            CopyRegularOrNode(held, stat, parent, name);
        }
        TreeMetadata.Apply(stat, directory, name, parent, name, look);
    }

    static void CopyRegularOrNode(SafeFileHandle held, FileStat stat, SafeFileHandle to, string name)
    {
        if (!stat.IsRegular)
        {
            At.MakeNode(to, name, stat.Type | 0x180, At.Device(stat.RdevMajor, stat.RdevMinor));
            return;
        }
        using var source = SourceTree.Reopen(held);
        using var target = At.Open(to, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180);
        FileCopy.Whole(source, target, stat.Size);
    }

    static void MakeDirectory(SafeFileHandle parent, string name, string path)
    {
        if (At.TryMakeDirectory(parent, name, 0x1C0))
            return;
        if (!FileStat.Of(parent, name).IsDirectory)
            throw new InvalidParameterException($"cannot copy to non-directory: /{path}");
    }

    static void Replace(SafeFileHandle parent, string name, string path)
    {
        if (FileStat.Find(parent, name) is not { } old)
            return;
        if (old.IsDirectory)
            throw new InvalidParameterException($"cannot replace to directory {path} with file");
        At.Unlink(parent, name);
    }

    // A directory's files come together: the last parent is kept open. One that was left out itself is made for what it holds.
    SafeFileHandle Parent(SafeFileHandle source, string path)
    {
        if (path.Length == 0)
            return top;
        if (_parent is not null && _parentPath == path)
            return _parent;
        _parent?.Dispose();
        _parent = TreeWalk.TryOpen(top, path) ?? MakeParents(source, path);
        _parentPath = path;
        return _parent;
    }

    SafeFileHandle MakeParents(SafeFileHandle source, string path)
    {
        for (var end = path.IndexOf('/'); ; end = path.IndexOf('/', end + 1))
        {
            var prefix = end < 0 ? path : path[..end];
            if (At.TryMakeDirectory(top, prefix, 0x1C0))
            {
                TreeMetadata.Apply(FileStat.Of(source, prefix), source, prefix, top, prefix, look);
                _directories.Add((prefix, FileStat.Of(source, prefix).Modify));
            }
            if (end < 0)
                return TreeWalk.TryOpen(top, path) ?? throw new InvalidParameterException($"cannot copy to non-directory: /{path}");
        }
    }
}
