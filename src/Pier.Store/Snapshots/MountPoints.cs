using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Store.Trees;

namespace Pier.Store.Snapshots;

/// <summary>
/// The places that every container needs in its root file system (Docker's init layer): made where the image lacks them. Paths are
/// resolved inside the root; where an image has something odd in the way, the place is left out.
/// </summary>
static class MountPoints
{
    static readonly (string Path, uint Type)[] Places =
    [
        ("dev/pts", ModeBits.Directory),
        ("dev/shm", ModeBits.Directory),
        ("dev/mqueue", ModeBits.Directory),
        ("proc", ModeBits.Directory),
        ("sys", ModeBits.Directory),
        (".dockerenv", ModeBits.Regular),
        ("dev/console", ModeBits.Regular),
        ("etc/resolv.conf", ModeBits.Regular),
        ("etc/hosts", ModeBits.Regular),
        ("etc/hostname", ModeBits.Regular),
        ("etc/mtab", ModeBits.Symlink),
    ];

    internal static void Make(SafeFileHandle root)
    {
        foreach (var (path, type) in Places)
        {
            try
            {
                MakeOne(root, path, type);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOTDIR or Errno.ELOOP or Errno.EEXIST or Errno.ENOENT) { }
        }
    }

    /// <summary>
    /// Makes a place that a step mounts something at, with the directories above it; links on the way are followed inside the root.
    /// </summary>
    internal static void Make(SafeFileHandle root, MountPlace place)
    {
        var path = RootLinks.Resolve(root, place.Path)[1..];
        if (path.Length == 0)
            return;
        var slash = path.LastIndexOf('/');
        using var parent = slash < 0 ? OpenDirectory(root, "") : MakeParents(root, path[..slash]);
        var name = path[(slash + 1)..];
        if (FileStat.Find(parent, name) is not null)
            return;
        if (place.IsDirectory)
            At.MakeDirectory(parent, name, 0x1ED);
        else
            At.Open(parent, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1ED).Dispose();
    }

    static SafeFileHandle MakeParents(SafeFileHandle root, string path)
    {
        for (var end = path.IndexOf('/'); ; end = path.IndexOf('/', end + 1))
        {
            At.TryMakeDirectory(root, end < 0 ? path : path[..end], 0x1ED);
            if (end < 0)
                return OpenDirectory(root, path);
        }
    }

    static void MakeOne(SafeFileHandle root, string path, uint type)
    {
        var slash = path.IndexOf('/');
        var name = path[(slash + 1)..];
        using var parent = slash < 0 ? OpenDirectory(root, "") : Parent(root, path[..slash]);
        if (FileStat.Find(parent, name) is not null)
            return;
        if (type == ModeBits.Directory)
            At.MakeDirectory(parent, name, 0x1ED);
        else if (type == ModeBits.Symlink)
            At.Symlink("/proc/mounts", parent, name);
        else
            At.Open(parent, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1ED).Dispose();
    }

    static SafeFileHandle Parent(SafeFileHandle root, string name)
    {
        if (FileStat.Find(root, name) is null)
            At.MakeDirectory(root, name, 0x1ED);
        return OpenDirectory(root, name);
    }

    static SafeFileHandle OpenDirectory(SafeFileHandle root, string path) =>
        At.OpenIn(root, path, OpenFlags.Directory, Resolve.InRoot | Resolve.NoMagicLinks);
}
