using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Quotas;

/// <summary>
/// Quotas of projects: files that bear a project's number count against its limit, and a directory hands its number down (man 2 quotactl,
/// man 2 ioctl_xfs_fsgetxattr; XFS and ext4 alike). File systems are named by any open file of theirs. Errors are
/// <see cref="LinuxException"/>.
/// </summary>
public static unsafe partial class ProjectQuotas
{
    // The same number on x86-64 and arm64; glibc has no wrapper.
    internal const int SysQuotactlFd = 443;
    internal const uint GetAttributes = 0x801C581F,
        SetAttributes = 0x401C5820,
        InheritFlag = 0x200;
    internal const uint GetQuota = 0x800007,
        SetQuota = 0x800008,
        GetState = 0x5805,
        ProjectKind = 2,
        BlockLimits = 1,
        BlockSize = 1024;
    internal const ushort ProjectsEnforced = 1 << 5;

    /// <summary>
    /// Whether the file system holds projects to their limits now. False as well where the kernel (before 5.14) cannot be asked.
    /// </summary>
    public static bool AreEnforced(SafeFileHandle file)
    {
        QuotaState state = default;
        state.Version = 1;
        return Call(file, GetState, 0, &state) == 0 && (state.Flags & ProjectsEnforced) != 0;
    }

    /// <summary>Bytes and files that bear a project's number.</summary>
    public static (ulong Bytes, ulong Files) Usage(SafeFileHandle file, uint project)
    {
        QuotaBlock block = default;
        if (Call(file, GetQuota, project, &block) == 0)
            return (block.Space, block.Files);
        // XFS: nobody has ever borne this number.
        return Marshal.GetLastPInvokeError() == Errno.ENOENT ? (0UL, 0UL) : throw Failed("Q_GETQUOTA", project);
    }

    /// <summary>Sets the bytes that a project may take, rounded up to whole KiB; 0 for no bound.</summary>
    public static void SetLimit(SafeFileHandle file, uint project, long bytes)
    {
        QuotaBlock block = default;
        block.HardBlocks = block.SoftBlocks = (ulong)((bytes + BlockSize - 1) / BlockSize);
        block.Valid = BlockLimits;
        if (Call(file, SetQuota, project, &block) != 0)
            throw Failed("Q_SETQUOTA", project);
    }

    /// <summary>The project whose number a file bears; 0 for none.</summary>
    public static uint ProjectOf(SafeFileHandle file)
    {
        ProjectAttributes attributes;
        return Ioctl(file, GetAttributes, &attributes) == 0
            ? attributes.Project
            : throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), "FS_IOC_FSGETXATTR");
    }

    /// <summary>Gives a directory a project's number, which what is made in it from now on will bear too.</summary>
    public static void SetProject(SafeFileHandle directory, uint project)
    {
        ProjectAttributes attributes;
        if (Ioctl(directory, GetAttributes, &attributes) == 0)
        {
            attributes.Project = project;
            attributes.Flags |= InheritFlag;
            if (Ioctl(directory, SetAttributes, &attributes) == 0)
                return;
        }
        throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), $"FS_IOC_FSSETXATTR project {project}");
    }

    static int Call(SafeFileHandle file, uint command, uint project, void* argument) =>
        (int)QuotaCall(SysQuotactlFd, file, (command << 8) | ProjectKind, project, argument);

    static LinuxException Failed(string command, uint project) =>
        new("quotactl_fd", Marshal.GetLastPInvokeError(), $"{command} project {project}");

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint QuotaCall(nint number, SafeHandle fd, uint command, uint id, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeHandle fd, nuint request, void* argument);
}

/// <summary>struct fsxattr (linux/fs.h).</summary>
[StructLayout(LayoutKind.Sequential, Size = 28)]
struct ProjectAttributes
{
    public uint Flags,
        ExtentSize,
        Extents,
        Project,
        CopyExtentSize;
}

/// <summary>struct if_dqblk (linux/quota.h): limits in units of 1 KiB, what is taken in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
struct QuotaBlock
{
    public ulong HardBlocks,
        SoftBlocks,
        Space,
        HardFiles,
        SoftFiles,
        Files,
        BlockTime,
        FileTime;
    public uint Valid;
}

/// <summary>struct fs_quota_stat (linux/dqblk_xfs.h), of which only the flags are read.</summary>
[StructLayout(LayoutKind.Sequential, Size = 80)]
struct QuotaState
{
    public sbyte Version;
    public ushort Flags;
}
