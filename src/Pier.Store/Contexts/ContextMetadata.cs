using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Store.Contexts;

/// <summary>What an entry says beside its content, and whether the copy has it already.</summary>
static class ContextMetadata
{
    const long Billion = 1_000_000_000;

    /// <summary>Whether the copy's file stands for the entry's content; if so, its owner and mode are made right.</summary>
    internal static bool KeepsContent(SafeFileHandle directory, string name, FileEntry entry, FileStat? existing)
    {
        if (existing is not { IsRegular: true } old || old.Size != entry.Size || Nanoseconds(old.Modify) != entry.ModifiedAt)
            return false;
        if (HasOwnerAndMode(old, entry))
            return true;
        // Another name of the same file must not change with this one.
        if (old.Links > 1)
            return false;
        Apply(directory, name, entry);
        return true;
    }

    /// <summary>Whether a link or a node is what the entry says.</summary>
    internal static bool IsSame(SafeFileHandle directory, string name, FileEntry entry, FileStat old)
    {
        if (old.Type != (entry.Mode & ModeBits.TypeMask))
            return false;
        if (old.IsSymlink)
            return old.Uid == entry.UserId && old.Gid == entry.GroupId && At.ReadLink(directory, name) == entry.LinkTarget;
        return HasOwnerAndMode(old, entry) && old.RdevMajor == entry.DeviceMajor && old.RdevMinor == entry.DeviceMinor;
    }

    /// <summary>Makes a link or a node.</summary>
    internal static void Make(SafeFileHandle directory, string name, FileEntry entry)
    {
        switch (entry.Mode & ModeBits.TypeMask)
        {
            case ModeBits.Symlink:
                At.Symlink(entry.LinkTarget, directory, name);
                break;
            case ModeBits.Fifo or ModeBits.CharDevice or ModeBits.BlockDevice:
                At.MakeNode(directory, name, entry.Mode & ModeBits.TypeMask | 0x180, At.Device(entry.DeviceMajor, entry.DeviceMinor));
                break;
            default:
                throw new InvalidParameterException($"invalid directory sent by the client: {entry.Path} is of no known type");
        }
        Apply(directory, name, entry);
    }

    /// <summary>Owner, mode, attributes and time, in this order: each of them may undo what follows.</summary>
    internal static void Apply(SafeFileHandle directory, string name, FileEntry entry)
    {
        At.ChangeOwner(directory, name, entry.UserId, entry.GroupId);
        if ((entry.Mode & ModeBits.TypeMask) != ModeBits.Symlink)
            At.ChangeMode(directory, name, entry.Mode & ModeBits.PermissionMask);
        foreach (var (key, value) in entry.Attributes)
        {
            if (IsCarried(key))
                SetAttribute(directory, name, key, value);
        }
        var time = Time(entry.ModifiedAt);
        At.SetTimes(directory, name, time, time);
    }

    /// <summary>
    /// What describes the file. Marks of overlayfs and labels of the client's machine are nothing that a client may set here.
    /// </summary>
    static bool IsCarried(string attribute) =>
        attribute == "security.capability" || attribute.StartsWith("user.", StringComparison.Ordinal);

    static void SetAttribute(SafeFileHandle directory, string name, string key, ReadOnlyMemory<byte> value)
    {
        try
        {
            Xattrs.Set(directory, name, key, value.ToArray());
        }
        catch (LinuxException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM)
        {
            // The file system has none, or not on this kind of file (man 7 xattr: user.* only on files and directories).
        }
    }

    static bool HasOwnerAndMode(FileStat stat, FileEntry entry) =>
        stat.Uid == entry.UserId
        && stat.Gid == entry.GroupId
        && (stat.Mode & ModeBits.PermissionMask) == (entry.Mode & ModeBits.PermissionMask);

    static long Nanoseconds(FileTime time) => unchecked(time.Seconds * Billion + time.Nanoseconds);

    static FileTime Time(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, Billion);
        return rest < 0 ? new FileTime(seconds - 1, (uint)(rest + Billion)) : new FileTime(seconds, (uint)rest);
    }
}
