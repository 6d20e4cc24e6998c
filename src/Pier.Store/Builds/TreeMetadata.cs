using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Store.Builds;

/// <summary>How copied files look: an owner for all of them or their own, and a mode made of theirs.</summary>
/// <param name="Owner">Null keeps each file's.</param>
/// <param name="Mode">Permissions from (mode, is a directory); null keeps them.</param>
public sealed record CopyLook((uint Uid, uint Gid)? Owner, Func<uint, bool, uint>? Mode);

/// <summary>Puts a file's metadata on its copy.</summary>
static class TreeMetadata
{
    /// <summary>Labels belong to the host's policy, overlayfs's marks to its own directories: they are no part of a file.</summary>
    internal static bool IsOwn(string attribute) =>
        attribute == "security.selinux"
        || attribute.StartsWith("trusted.overlay.", StringComparison.Ordinal)
        || attribute.StartsWith("user.overlay.", StringComparison.Ordinal);

    /// <summary>Owner, mode, attributes and times of a file that was just made in a directory that nobody else writes to.</summary>
    internal static void Apply(FileStat stat, SafeFileHandle from, string fromName, SafeFileHandle to, string name, CopyLook look)
    {
        var (uid, gid) = look.Owner ?? (stat.Uid, stat.Gid);
        At.ChangeOwner(to, name, uid, gid);
        if (!stat.IsSymlink)
            At.ChangeMode(to, name, ModeOf(stat, look));
        foreach (var attribute in Xattrs.List(from, fromName))
        {
            if (!IsOwn(attribute) && Xattrs.Get(from, fromName, attribute) is { } value)
                TrySet(to, name, attribute, value);
        }
        At.SetTimes(to, name, stat.Modify, stat.Modify);
    }

    internal static uint ModeOf(FileStat stat, CopyLook look)
    {
        var mode = stat.Mode & ModeBits.PermissionMask;
        return look.Mode?.Invoke(mode, stat.IsDirectory) ?? mode;
    }

    static void TrySet(SafeFileHandle to, string name, string attribute, byte[] value)
    {
        try
        {
            Xattrs.Set(to, name, attribute, value);
        }
        catch (LinuxException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM)
        {
            // The file system or the kind of file cannot carry it.
        }
    }
}
