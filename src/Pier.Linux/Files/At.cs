using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>
/// File calls relative to an open directory. No call follows a symbolic link in the last component, except <see cref="Open"/> without
/// <see cref="OpenFlags.NoFollow"/>; give single names, or resolve the parent by <see cref="OpenIn"/>, where a path's author is not
/// trusted. Throws <see cref="LinuxException"/> naming the call and the path.
/// </summary>
public static unsafe class At
{
    const int AT_SYMLINK_NOFOLLOW = 0x100,
        AT_REMOVEDIR = 0x200,
        AT_SYMLINK_FOLLOW = 0x400;

    /// <summary>AT_FDCWD: paths are taken as the process takes them.</summary>
    public static readonly SafeFileHandle WorkingDirectory = new(-100, ownsHandle: false);

    /// <summary>openat(2).</summary>
    public static SafeFileHandle Open(SafeFileHandle directory, string path, OpenFlags flags, uint mode = 0) =>
        FileCalls.Own(FileCalls.openat(directory, PathText.ToC(path, "open"), flags.ToKernel(), mode), "open", path);

    /// <summary>openat2(2): the kernel keeps the path inside the directory.</summary>
    public static SafeFileHandle OpenIn(SafeFileHandle directory, string path, OpenFlags flags, Resolve resolve, uint mode = 0)
    {
        var bits = flags.ToKernel();
        // openat2 refuses flags that O_PATH would ignore, where openat ignores them.
        var how = new OpenHow
        {
            Flags = (uint)bits,
            Mode = mode,
            Resolve = (ulong)resolve,
        };
        var bytes = PathText.ToC(path.Length == 0 ? "." : path, "openat2");
        while (true)
        {
            var fd = FileCalls.openat2(FileCalls.SysOpenat2, directory, bytes, &how, (nuint)sizeof(OpenHow));
            // EAGAIN: a rename or mount elsewhere raced with ".." in a scoped look-up; man openat2 says to try again.
            if (fd < 0 && Marshal.GetLastPInvokeError() == Errno.EAGAIN)
                continue;
            return FileCalls.Own(fd, "openat2", path);
        }
    }

    /// <summary>
    /// openat2(2) where a name may be missing: null for ENOENT and ENOTDIR. With O_NONBLOCK, so that no FIFO holds the caller up.
    /// </summary>
    public static SafeFileHandle? FindIn(
        SafeFileHandle directory,
        string path,
        OpenFlags flags,
        Resolve resolve = Resolve.InRoot | Resolve.NoMagicLinks
    )
    {
        try
        {
            return OpenIn(directory, path, flags | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal, resolve);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
    }

    public static void MakeDirectory(SafeFileHandle directory, string path, uint mode) =>
        FileCalls.Check(FileCalls.mkdirat(directory, PathText.ToC(path, "mkdir"), mode), "mkdir", path);

    /// <summary>mkdirat(2); false when something is there already.</summary>
    public static bool TryMakeDirectory(SafeFileHandle directory, string path, uint mode)
    {
        if (FileCalls.mkdirat(directory, PathText.ToC(path, "mkdir"), mode) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == Errno.EEXIST ? false : throw FileCalls.Failed("mkdir", path);
    }

    /// <summary>mknodat(2): mode holds the S_IF* type; the device is made by <see cref="Device"/>.</summary>
    public static void MakeNode(SafeFileHandle directory, string path, uint mode, ulong device) =>
        FileCalls.Check(FileCalls.mknodat(directory, PathText.ToC(path, "mknod"), mode, device), "mknod", path);

    /// <summary>makedev(3).</summary>
    public static ulong Device(uint major, uint minor) =>
        ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);

    public static void Unlink(SafeFileHandle directory, string path) =>
        FileCalls.Check(FileCalls.unlinkat(directory, PathText.ToC(path, "unlink"), 0), "unlink", path);

    public static void RemoveDirectory(SafeFileHandle directory, string path) =>
        FileCalls.Check(FileCalls.unlinkat(directory, PathText.ToC(path, "rmdir"), AT_REMOVEDIR), "rmdir", path);

    /// <summary>unlinkat(2), a directory with AT_REMOVEDIR; answers 0 or the errno.</summary>
    public static int TryRemove(SafeFileHandle directory, string path, bool isDirectory) =>
        FileCalls.unlinkat(directory, PathText.ToC(path, "unlink"), isDirectory ? AT_REMOVEDIR : 0) == 0
            ? 0
            : Marshal.GetLastPInvokeError();

    /// <summary>linkat(2): both names are taken as they are, links are not followed.</summary>
    public static void Link(SafeFileHandle oldDirectory, string oldPath, SafeFileHandle newDirectory, string newPath) =>
        FileCalls.Check(
            FileCalls.linkat(oldDirectory, PathText.ToC(oldPath, "link"), newDirectory, PathText.ToC(newPath, "link"), 0),
            "link",
            newPath
        );

    /// <summary>Names an unnamed file (<see cref="OpenFlags.Unnamed"/>) through /proc, which needs no capability.</summary>
    public static void LinkUnnamed(SafeFileHandle file, SafeFileHandle directory, string path) =>
        FileCalls.Check(
            FileCalls.linkat(
                WorkingDirectory,
                PathText.ToC(FdPath(file), "link"),
                directory,
                PathText.ToC(path, "link"),
                AT_SYMLINK_FOLLOW
            ),
            "link",
            path
        );

    public static void Symlink(string target, SafeFileHandle directory, string path) =>
        FileCalls.Check(FileCalls.symlinkat(PathText.ToC(target, "symlink"), directory, PathText.ToC(path, "symlink")), "symlink", path);

    /// <summary>readlinkat(2); an empty path reads the link that an O_PATH descriptor refers to.</summary>
    public static string ReadLink(SafeFileHandle directory, string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        fixed (byte* p = buffer)
        {
            var length = FileCalls.readlinkat(directory, PathText.ToC(path, "readlink"), p, (nuint)buffer.Length);
            return length >= 0 ? PathText.Decode(buffer[..(int)length]) : throw FileCalls.Failed("readlink", path);
        }
    }

    public static void Rename(
        SafeFileHandle oldDirectory,
        string oldPath,
        SafeFileHandle newDirectory,
        string newPath,
        RenameFlags flags = RenameFlags.None
    ) =>
        FileCalls.Check(
            FileCalls.renameat2(oldDirectory, PathText.ToC(oldPath, "rename"), newDirectory, PathText.ToC(newPath, "rename"), (uint)flags),
            "rename",
            newPath
        );

    /// <summary>fchownat(2) on the name itself, never on what a link points to. It clears set-user-ID bits and file capabilities.</summary>
    public static void ChangeOwner(SafeFileHandle directory, string path, uint uid, uint gid) =>
        FileCalls.Check(FileCalls.fchownat(directory, PathText.ToC(path, "chown"), uid, gid, AT_SYMLINK_NOFOLLOW), "chown", path);

    /// <summary>fchmodat(2). The call follows links: only for a name that is known not to be one.</summary>
    public static void ChangeMode(SafeFileHandle directory, string path, uint mode) =>
        FileCalls.Check(FileCalls.fchmodat(directory, PathText.ToC(path, "chmod"), mode, 0), "chmod", path);

    public static void ChangeMode(SafeFileHandle file, uint mode) => FileCalls.Check(FileCalls.fchmod(file, mode), "fchmod");

    /// <summary>utimensat(2) on the name itself.</summary>
    public static void SetTimes(SafeFileHandle directory, string path, FileTime access, FileTime modify)
    {
        var times = stackalloc TimeSpec[2];
        times[0] = new TimeSpec { Seconds = access.Seconds, Nanoseconds = access.Nanoseconds };
        times[1] = new TimeSpec { Seconds = modify.Seconds, Nanoseconds = modify.Nanoseconds };
        FileCalls.Check(FileCalls.utimensat(directory, PathText.ToC(path, "utimensat"), times, AT_SYMLINK_NOFOLLOW), "utimensat", path);
    }

    /// <summary>The magic link to an open file, for calls that take only paths.</summary>
    public static string FdPath(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";
}

/// <summary>RENAME_* of renameat2(2).</summary>
[Flags]
public enum RenameFlags : uint
{
    None = 0,
    NoReplace = 1,
    Exchange = 2,
    Whiteout = 4,
}
