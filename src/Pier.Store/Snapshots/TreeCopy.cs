using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Store.Snapshots;

/// <summary>Copies a tree with everything: owners, modes, times, attributes, devices, holes, and hard links among its files.</summary>
sealed class TreeCopy
{
    readonly Dictionary<(uint, uint, ulong), string> _linked = [];
    readonly SafeFileHandle _target;

    TreeCopy(SafeFileHandle target) => _target = target;

    /// <summary>Copies what a directory holds, and the directory's own metadata, into an empty one.</summary>
    internal static void Copy(string source, string target)
    {
        using var from = At.Open(At.WorkingDirectory, source, OpenFlags.Directory | OpenFlags.NoFollow);
        using var to = At.Open(At.WorkingDirectory, target, OpenFlags.Directory | OpenFlags.NoFollow);
        Copy(from, to);
    }

    /// <inheritdoc cref="Copy(string, string)"/>
    internal static void Copy(SafeFileHandle source, SafeFileHandle target) => new TreeCopy(target).CopyDirectory(source, target, "");

    // A layer's depth is bounded by the longest path that the unpacker can name (PATH_MAX), so this recursion is too.
    void CopyDirectory(SafeFileHandle from, SafeFileHandle to, string path)
    {
        foreach (var entry in DirectoryReader.Read(from))
        {
            var stat = FileStat.Of(from, entry.Name);
            var entryPath = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            if (!stat.IsDirectory && stat.Links > 1 && LinkToFirst(stat, to, entry.Name, entryPath))
                continue;
            CopyEntry(stat, from, to, entry.Name, entryPath);
            CopyMetadata(stat, from, to, entry.Name);
        }
        CopyMetadata(FileStat.Of(from), from, to, ".");
    }

    void CopyEntry(FileStat stat, SafeFileHandle from, SafeFileHandle to, string name, string path)
    {
        switch (stat.Type)
        {
            case ModeBits.Directory:
                At.MakeDirectory(to, name, 0x1C0);
                using (var subFrom = At.Open(from, name, OpenFlags.Directory | OpenFlags.NoFollow))
                using (var subTo = At.Open(to, name, OpenFlags.Directory | OpenFlags.NoFollow))
                    CopyDirectory(subFrom, subTo, path);
                break;
            case ModeBits.Regular:
                using (var source = At.Open(from, name, OpenFlags.ReadOnly | OpenFlags.NoFollow))
                using (var target = At.Open(to, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, 0x180))
                    FileCopy.Whole(source, target, stat.Size);
                break;
            case ModeBits.Symlink:
                At.Symlink(At.ReadLink(from, name), to, name);
                break;
            default:
                At.MakeNode(to, name, stat.Type | 0x180, At.Device(stat.RdevMajor, stat.RdevMinor));
                break;
        }
    }

    bool LinkToFirst(FileStat stat, SafeFileHandle to, string name, string path)
    {
        if (_linked.TryAdd(stat.Identity, path))
            return false;
        At.Link(_target, _linked[stat.Identity], to, name);
        return true;
    }

    static void CopyMetadata(FileStat stat, SafeFileHandle from, SafeFileHandle to, string name)
    {
        At.ChangeOwner(to, name, stat.Uid, stat.Gid);
        if (!stat.IsSymlink)
            At.ChangeMode(to, name, stat.Mode & ModeBits.PermissionMask);
        foreach (var attribute in Xattrs.List(from, name))
        {
            if (Xattrs.Get(from, name, attribute) is { } value)
                TrySet(to, name, attribute, value);
        }
        At.SetTimes(to, name, stat.Access, stat.Modify);
    }

    static void TrySet(SafeFileHandle to, string name, string attribute, byte[] value)
    {
        try
        {
            Xattrs.Set(to, name, attribute, value);
        }
        catch (LinuxException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM)
        {
            // A label that the kernel sets itself.
        }
    }
}
