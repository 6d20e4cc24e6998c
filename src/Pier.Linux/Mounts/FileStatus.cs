using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Mounts;

/// <summary>What statx(2) and fstatfs(2) say about an open file, also one opened with O_PATH.</summary>
public readonly record struct FileStatus(uint Mode, uint Uid, uint Gid, uint DeviceMajor, uint DeviceMinor, ulong Inode, ulong Size)
{
    const uint TypeMask = 0xf000, BasicStats = 0x7ff;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;
    public bool IsRegular => (Mode & TypeMask) == 0x8000;
    public bool IsCharacterDevice => (Mode & TypeMask) == 0x2000;
    public bool IsBlockDevice => (Mode & TypeMask) == 0x6000;
    public bool IsFifo => (Mode & TypeMask) == 0x1000;

    /// <summary>Whether it is the null device (1, 3), the node itself and not what it is called.</summary>
    public bool IsNull => IsCharacterDevice && DeviceMajor == 1 && DeviceMinor == 3;

    public static unsafe FileStatus Of(SafeFileHandle fd, string path = "")
    {
        // struct statx: mode at 28 (u16), uid 20, gid 24, ino 32, size 40, rdev major 128, minor 132.
        var buffer = stackalloc byte[256];
        if (Native.StatX(fd, path, MountCalls.AtEmptyPath | MountCalls.AtSymlinkNofollow, BasicStats, buffer) != 0)
            throw new LinuxException("statx", Marshal.GetLastPInvokeError(), path);
        return new FileStatus(*(ushort*)(buffer + 28), *(uint*)(buffer + 20), *(uint*)(buffer + 24), *(uint*)(buffer + 128), *(uint*)(buffer + 132),
            *(ulong*)(buffer + 32), *(ulong*)(buffer + 40));
    }

    /// <summary>The file system's magic number (linux/magic.h); procfs is 0x9fa0.</summary>
    public static unsafe long FileSystemMagic(SafeFileHandle fd)
    {
        var buffer = stackalloc long[16];
        return Native.StatFs(fd, buffer) == 0 ? buffer[0] : throw new LinuxException("fstatfs", Marshal.GetLastPInvokeError());
    }

    public const long ProcMagic = 0x9fa0, DevptsMagic = 0x1cd1;
}
