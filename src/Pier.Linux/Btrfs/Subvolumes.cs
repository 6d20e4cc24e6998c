using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Btrfs;

/// <summary>
/// Subvolumes of btrfs: trees that are snapshotted in constant time (linux/btrfs.h; btrfs-subvolume(8)). Names are single path components.
/// </summary>
public static unsafe partial class Subvolumes
{
    const uint SubvolumeCreate = 0x5000940E,
        SnapshotDestroy = 0x5000940F,
        SnapshotCreateV2 = 0x50009417;

    // BTRFS_FIRST_FREE_OBJECTID: the inode of every subvolume's root, and of nothing else.
    const ulong RootInode = 256;

    const int NameLimit = 255;

    /// <summary>Whether a file of a btrfs is the root of a subvolume.</summary>
    public static bool IsRoot(FileStat stat) => stat is { IsDirectory: true, Inode: RootInode };

    /// <summary>Makes an empty subvolume.</summary>
    public static void Create(SafeFileHandle directory, string name)
    {
        VolumeArguments arguments = default;
        Put(name, new Span<byte>(arguments.Name, NameLimit + 1));
        Check(Ioctl(directory, SubvolumeCreate, &arguments), "BTRFS_IOC_SUBVOL_CREATE", name);
    }

    /// <summary>Makes a writable snapshot of a subvolume, given by its open root.</summary>
    public static void Snapshot(SafeFileHandle source, SafeFileHandle directory, string name)
    {
        VolumeArgumentsV2 arguments = default;
        arguments.Source = source.DangerousGetHandle().ToInt64();
        Put(name, new Span<byte>(arguments.Name, NameLimit + 1));
        Check(Ioctl(directory, SnapshotCreateV2, &arguments), "BTRFS_IOC_SNAP_CREATE_V2", name);
        GC.KeepAlive(source);
    }

    /// <summary>Removes a subvolume with all that is in it; the space comes back in the background.</summary>
    public static void Delete(SafeFileHandle directory, string name)
    {
        VolumeArguments arguments = default;
        Put(name, new Span<byte>(arguments.Name, NameLimit + 1));
        Check(Ioctl(directory, SnapshotDestroy, &arguments), "BTRFS_IOC_SNAP_DESTROY", name);
    }

    static void Put(string name, Span<byte> target)
    {
        if (name.Contains('/') || Encoding.UTF8.GetByteCount(name) > NameLimit)
            throw new LinuxException("ioctl", Errno.EINVAL, name);
        Encoding.UTF8.GetBytes(name, target);
    }

    static void Check(int result, string request, string name)
    {
        if (result < 0)
            throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), $"{request} {name}");
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeHandle fd, nuint request, void* argument);

    /// <summary>struct btrfs_ioctl_vol_args, 4096 bytes.</summary>
    struct VolumeArguments
    {
        public long Descriptor;
        public fixed byte Name[4088];
    }

    /// <summary>struct btrfs_ioctl_vol_args_v2, 4096 bytes.</summary>
    struct VolumeArgumentsV2
    {
        public long Source;
        public ulong TransactionId,
            Flags;
        public fixed ulong Unused[4];
        public fixed byte Name[4040];
    }
}
