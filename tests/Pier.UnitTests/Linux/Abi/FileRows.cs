using System.Runtime.InteropServices;
using Pier.Linux.Files;

namespace Pier.UnitTests.Linux.Abi;

/// <summary>Structs and constants of Pier.Linux/Files.</summary>
sealed class FileRows : IAbiRows
{
    public IEnumerable<string> Headers =>
        ["fcntl.h", "sys/stat.h", "sys/statfs.h", "sys/inotify.h", "sys/syscall.h", "linux/openat2.h", "linux/magic.h", "dirent.h"];

    public IEnumerable<(string Expression, long Value)> Rows =>
        [
            ("sizeof(struct statx)", Marshal.SizeOf<StatxBuffer>()),
            ("offsetof(struct statx, stx_mode)", Offset<StatxBuffer>(nameof(StatxBuffer.Mode))),
            ("offsetof(struct statx, stx_ino)", Offset<StatxBuffer>(nameof(StatxBuffer.Inode))),
            ("offsetof(struct statx, stx_blocks)", Offset<StatxBuffer>(nameof(StatxBuffer.Blocks))),
            ("offsetof(struct statx, stx_mtime)", Offset<StatxBuffer>(nameof(StatxBuffer.Modify))),
            ("offsetof(struct statx, stx_rdev_major)", Offset<StatxBuffer>(nameof(StatxBuffer.RdevMajor))),
            ("offsetof(struct statx, stx_dev_minor)", Offset<StatxBuffer>(nameof(StatxBuffer.DevMinor))),
            ("sizeof(struct statfs)", Marshal.SizeOf<StatfsBuffer>()),
            ("offsetof(struct statfs, f_bavail)", Offset<StatfsBuffer>(nameof(StatfsBuffer.AvailableBlocks))),
            ("offsetof(struct statfs, f_ffree)", Offset<StatfsBuffer>(nameof(StatfsBuffer.FreeFiles))),
            ("offsetof(struct statfs, f_namelen)", Offset<StatfsBuffer>(nameof(StatfsBuffer.NameLength))),
            ("sizeof(struct open_how)", Marshal.SizeOf<OpenHow>()),
            ("sizeof(struct timespec)", Marshal.SizeOf<TimeSpec>()),
            ("offsetof(struct dirent64, d_name)", 19),
            ("sizeof(struct inotify_event)", 16),
            ("SYS_openat2", FileCalls.SysOpenat2),
            ("O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC", (OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow).ToKernel()),
            ("O_DIRECTORY|O_PATH|O_CLOEXEC", (OpenFlags.Directory | OpenFlags.Path).ToKernel()),
            ("O_TMPFILE|O_RDWR|O_CLOEXEC", (OpenFlags.Unnamed | OpenFlags.ReadWrite).ToKernel()),
            (
                "O_TRUNC|O_APPEND|O_NONBLOCK|O_NOCTTY|O_CLOEXEC",
                (OpenFlags.Truncate | OpenFlags.Append | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal).ToKernel()
            ),
            ("RESOLVE_IN_ROOT", (long)Resolve.InRoot),
            ("RESOLVE_BENEATH", (long)Resolve.Beneath),
            ("RESOLVE_NO_SYMLINKS", (long)Resolve.NoSymlinks),
            ("RESOLVE_NO_MAGICLINKS", (long)Resolve.NoMagicLinks),
            ("RESOLVE_NO_XDEV", (long)Resolve.NoCrossDevice),
            ("S_IFMT", ModeBits.TypeMask),
            ("S_IFCHR", ModeBits.CharDevice),
            ("S_IFBLK", ModeBits.BlockDevice),
            ("S_IFIFO", ModeBits.Fifo),
            ("DT_DIR", (long)EntryType.Directory),
            ("IN_CLOSE_WRITE|IN_MOVED_TO|IN_Q_OVERFLOW", (long)(InotifyMask.CloseWrite | InotifyMask.MovedTo | InotifyMask.QueueOverflow)),
            ("EXT4_SUPER_MAGIC", FileSystem.Ext4),
            ("OVERLAYFS_SUPER_MAGIC", FileSystem.Overlay),
            ("BTRFS_SUPER_MAGIC", FileSystem.Btrfs),
            ("TMPFS_MAGIC", FileSystem.Tmpfs),
        ];

    static long Offset<T>(string field) => (long)Marshal.OffsetOf<T>(field);
}
