using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>A time as the kernel has it: seconds since the epoch, and 0 to 999,999,999 nanoseconds.</summary>
public readonly record struct FileTime(long Seconds, uint Nanoseconds)
{
    public static FileTime Of(DateTimeOffset time) => new(time.ToUnixTimeSeconds(), (uint)(time.UtcTicks % TimeSpan.TicksPerSecond * 100));
}

/// <summary>S_IF* of inode(7).</summary>
public static class ModeBits
{
    public const uint TypeMask = 0xF000,
        Socket = 0xC000,
        Symlink = 0xA000,
        Regular = 0x8000,
        BlockDevice = 0x6000,
        Directory = 0x4000,
        CharDevice = 0x2000,
        Fifo = 0x1000,
        PermissionMask = 0xFFF;
}

/// <summary>What statx(2) says of a file. Mode holds type and permissions; AllocatedBytes is what it takes on disk.</summary>
public readonly record struct FileStat(
    uint Mode,
    uint Uid,
    uint Gid,
    uint Links,
    ulong Inode,
    long Size,
    long AllocatedBytes,
    FileTime Access,
    FileTime Modify,
    FileTime Change,
    uint DeviceMajor,
    uint DeviceMinor,
    uint RdevMajor,
    uint RdevMinor
)
{
    const int AT_SYMLINK_NOFOLLOW = 0x100,
        AT_EMPTY_PATH = 0x1000;
    const uint STATX_BASIC_STATS = 0x7FF;
    const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    public uint Type => Mode & ModeBits.TypeMask;
    public bool IsDirectory => Type == ModeBits.Directory;
    public bool IsRegular => Type == ModeBits.Regular;
    public bool IsSymlink => Type == ModeBits.Symlink;
    public bool IsCharacterDevice => Type == ModeBits.CharDevice;
    public bool IsBlockDevice => Type == ModeBits.BlockDevice;
    public bool IsFifo => Type == ModeBits.Fifo;

    /// <summary>Overlayfs's mark for "deleted here": a character device 0/0.</summary>
    public bool IsWhiteout => Type == ModeBits.CharDevice && RdevMajor == 0 && RdevMinor == 0;

    /// <summary>Whether a mount begins here.</summary>
    public bool IsMountRoot { get; private init; }

    /// <summary>The file system that holds it.</summary>
    public (uint Major, uint Minor) Device => (DeviceMajor, DeviceMinor);

    /// <summary>Identifies the file on this machine.</summary>
    public (uint Major, uint Minor, ulong Inode) Identity => (DeviceMajor, DeviceMinor, Inode);

    /// <summary>An open file.</summary>
    public static FileStat Of(SafeFileHandle file) => Read(file, "", AT_EMPTY_PATH, out var stat) ? stat : throw FileCalls.Failed("statx");

    /// <summary>A name, itself where it is a link.</summary>
    public static FileStat Of(SafeFileHandle directory, string path) =>
        Read(directory, path, AT_SYMLINK_NOFOLLOW, out var stat) ? stat : throw FileCalls.Failed("statx", path);

    /// <summary>A name, itself where it is a link; null when it does not exist.</summary>
    public static FileStat? Find(SafeFileHandle directory, string path)
    {
        if (Read(directory, path, AT_SYMLINK_NOFOLLOW, out var stat))
            return stat;
        return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR ? null : throw FileCalls.Failed("statx", path);
    }

    static unsafe bool Read(SafeFileHandle directory, string path, int flags, out FileStat stat)
    {
        StatxBuffer b;
        stat = default;
        if (FileCalls.statx(directory, PathText.ToC(path, "statx"), flags, STATX_BASIC_STATS, &b) != 0)
            return false;
        stat = new FileStat(
            b.Mode,
            b.Uid,
            b.Gid,
            b.Links,
            b.Inode,
            (long)b.Size,
            (long)b.Blocks * 512,
            Time(b.Access),
            Time(b.Modify),
            Time(b.Change),
            b.DevMajor,
            b.DevMinor,
            b.RdevMajor,
            b.RdevMinor
        )
        {
            IsMountRoot = (b.Attributes & STATX_ATTR_MOUNT_ROOT) != 0,
        };
        return true;
    }

    static FileTime Time(StatxTime t) => new(t.Seconds, t.Nanoseconds);
}
