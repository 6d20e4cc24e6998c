using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Btrfs;

/// <summary>Limits of subvolumes: each counts in a quota group of its own number (linux/btrfs.h; btrfs-qgroup(8)).</summary>
public static unsafe partial class Qgroups
{
    internal const uint QuotaControl = 0xC0109428,
        GroupLimit = 0x8030942B,
        RescanWait = 0x942E;
    internal const ulong Enable = 1,
        LimitReferenced = 1,
        LimitExclusive = 2;

    // What the kernel says while quotas are off.
    const int ENOTCONN = 107;

    /// <summary>
    /// Bounds what a subvolume may take, in bytes; where <paramref name="shares"/>, without what it has in common with others, as a
    /// snapshot has with its origin. Quotas are switched on where they are off; that reads the whole file system's metadata once, and waits
    /// for it.
    /// </summary>
    public static void Limit(SafeFileHandle subvolume, long bytes, bool shares)
    {
        if (TryLimit(subvolume, bytes, shares) is 0)
            return;
        if (Marshal.GetLastPInvokeError() != ENOTCONN)
            throw Failed("BTRFS_IOC_QGROUP_LIMIT");
        ControlArguments control = new() { Command = Enable };
        if (Ioctl(subvolume, QuotaControl, &control) != 0)
            throw Failed("BTRFS_IOC_QUOTA_CTL");
        if (Ioctl(subvolume, RescanWait, null) != 0)
            throw Failed("BTRFS_IOC_QUOTA_RESCAN_WAIT");
        if (TryLimit(subvolume, bytes, shares) is not 0)
            throw Failed("BTRFS_IOC_QGROUP_LIMIT");
    }

    static int TryLimit(SafeFileHandle subvolume, long bytes, bool shares)
    {
        // Group 0: that of the subvolume itself.
        LimitArguments limit = new()
        {
            Flags = shares ? LimitExclusive : LimitReferenced,
            Referenced = (ulong)bytes,
            Exclusive = (ulong)bytes,
        };
        return Ioctl(subvolume, GroupLimit, &limit);
    }

    static LinuxException Failed(string request) => new("ioctl", Marshal.GetLastPInvokeError(), request);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeHandle fd, nuint request, void* argument);

    /// <summary>struct btrfs_ioctl_quota_ctl_args.</summary>
    internal struct ControlArguments
    {
        public ulong Command,
            Status;
    }

    /// <summary>struct btrfs_ioctl_qgroup_limit_args.</summary>
    internal struct LimitArguments
    {
        public ulong Group,
            Flags,
            Referenced,
            Exclusive,
            ReservedReferenced,
            ReservedExclusive;
    }
}
