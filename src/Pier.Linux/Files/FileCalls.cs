using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>The C library's file calls. Names and order as in man section 2.</summary>
static unsafe partial class FileCalls
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(SafeHandle dirfd, byte[] path, int flags, uint mode);

    // openat2 has no wrapper in glibc; the numbers are those of x86-64 and arm64 alike.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint openat2(nint number, SafeHandle dirfd, byte[] path, OpenHow* how, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdirat(SafeHandle dirfd, byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mknodat(SafeHandle dirfd, byte[] path, uint mode, ulong dev);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlinkat(SafeHandle dirfd, byte[] path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int linkat(SafeHandle olddirfd, byte[] oldpath, SafeHandle newdirfd, byte[] newpath, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int symlinkat(byte[] target, SafeHandle newdirfd, byte[] linkpath);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlinkat(SafeHandle dirfd, byte[] path, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat2(SafeHandle olddirfd, byte[] oldpath, SafeHandle newdirfd, byte[] newpath, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchownat(SafeHandle dirfd, byte[] path, uint owner, uint group, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmodat(SafeHandle dirfd, byte[] path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(SafeHandle fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int utimensat(SafeHandle dirfd, byte[] path, TimeSpec* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(SafeHandle dirfd, byte[] path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getdents64(SafeHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(SafeHandle fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fdatasync(SafeHandle fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int syncfs(SafeHandle fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sync_file_range(SafeHandle fd, long offset, long count, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(SafeHandle fd, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint copy_file_range(SafeHandle fdIn, long* offIn, SafeHandle fdOut, long* offOut, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(SafeHandle fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(SafeHandle fd, StatfsBuffer* buffer);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(SafeHandle fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int lsetxattr(byte[] path, byte[] name, byte[] value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint lgetxattr(byte[] path, byte[] name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint llistxattr(byte[] path, byte* list, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int lremovexattr(byte[] path, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_add_watch(SafeHandle fd, byte[] path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_rm_watch(SafeHandle fd, int watch);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(SafeHandle fd, byte* buffer, nuint count, long offset);

    internal static LinuxException Failed(string call, string? subject = null) => new(call, Marshal.GetLastPInvokeError(), subject);

    internal static void Check(int result, string call, string? subject = null)
    {
        if (result < 0)
            throw Failed(call, subject);
    }

    internal static SafeFileHandle Own(nint fd, string call, string? subject = null) =>
        fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Failed(call, subject);

    internal const nint SysOpenat2 = 437;
}

/// <summary>struct open_how (linux/openat2.h).</summary>
[StructLayout(LayoutKind.Sequential)]
struct OpenHow
{
    public ulong Flags,
        Mode,
        Resolve;
}

/// <summary>struct timespec on 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
struct TimeSpec
{
    public long Seconds,
        Nanoseconds;
}

/// <summary>struct statx_timestamp (linux/stat.h).</summary>
[StructLayout(LayoutKind.Sequential)]
struct StatxTime
{
    public long Seconds;
    public uint Nanoseconds;
    readonly int _reserved;
}

/// <summary>struct statx (linux/stat.h), 256 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
struct StatxBuffer
{
    public uint Mask,
        BlockSize;
    public ulong Attributes;
    public uint Links,
        Uid,
        Gid;
    public ushort Mode;
    readonly ushort _spare0;
    public ulong Inode,
        Size,
        Blocks,
        AttributesMask;
    public StatxTime Access,
        Birth,
        Change,
        Modify;
    public uint RdevMajor,
        RdevMinor,
        DevMajor,
        DevMinor;
    public ulong MountId;
}

/// <summary>struct statfs of 64-bit machines (asm-generic/statfs.h), 120 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 120)]
struct StatfsBuffer
{
    public long Type,
        BlockSize;
    public ulong Blocks,
        FreeBlocks,
        AvailableBlocks,
        Files,
        FreeFiles;
    public ulong FsId;
    public long NameLength,
        FragmentSize,
        Flags;
}
