using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>What statfs(2) says of the file system that holds a file. Sizes in bytes; available is what is left for users.</summary>
public readonly record struct FileSystem(long Magic, long TotalBytes, long AvailableBytes, long TotalInodes, long FreeInodes)
{
    public const long Ext4 = 0xEF53,
        Xfs = 0x58465342,
        Btrfs = 0x9123683E,
        Tmpfs = 0x01021994,
        Overlay = 0x794C7630,
        Erofs = 0xE0F5E1E2,
        Nfs = 0x6969,
        Fuse = 0x65735546,
        Zfs = 0x2FC12FC1,
        Proc = 0x9FA0,
        Cgroup2 = 0x63677270,
        Cgroup = 0x27E0EB,
        DevPts = 0x1CD1;

    public static unsafe FileSystem Of(SafeFileHandle file)
    {
        StatfsBuffer b;
        FileCalls.Check(FileCalls.fstatfs(file, &b), "fstatfs");
        return new FileSystem(
            b.Type,
            (long)b.Blocks * b.BlockSize,
            (long)b.AvailableBlocks * b.BlockSize,
            (long)b.Files,
            (long)b.FreeFiles
        );
    }

    public static FileSystem Of(string path)
    {
        using var file = At.Open(At.WorkingDirectory, path, OpenFlags.Path);
        return Of(file);
    }

    /// <summary>The name that Docker's `info` prints.</summary>
    public string Name =>
        Magic switch
        {
            Ext4 => "extfs",
            Xfs => "xfs",
            Btrfs => "btrfs",
            Tmpfs => "tmpfs",
            Overlay => "overlayfs",
            Erofs => "erofs",
            Nfs => "nfs",
            Fuse => "fuse",
            Zfs => "zfs",
            _ => "<unknown>",
        };
}
