using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Mounts;

/// <summary>Opens files below a directory that somebody else controls: no symlink, ".." or magic link leads out (openat2, RESOLVE_IN_ROOT).</summary>
public static class RootedFile
{
    /// <summary>A directory by its path on the host, to resolve others from.</summary>
    public static SafeFileHandle OpenPath(string path) =>
        Borrowed.Owned(Native.Openat2(MountCalls.AtFdcwd, path, new OpenHow((ulong)(OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec), 0, 0)),
            "openat2", path);

    /// <summary>Opens for reading; null when it does not exist. Never blocks on a FIFO.</summary>
    public static SafeFileHandle? TryOpenRead(SafeFileHandle root, string path) =>
        TryOpen(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlock | OpenFlags.NoCtty);

    /// <summary>Opens with flags of openat2; null for ENOENT and ENOTDIR.</summary>
    public static SafeFileHandle? TryOpen(SafeFileHandle root, string path, int flags, ulong resolve = OpenFlags.ResolveInRoot | OpenFlags.ResolveNoMagiclinks)
    {
        using var at = new Borrowed(root);
        var how = new OpenHow((ulong)flags | OpenFlags.CloseOnExec, 0, resolve);
        for (var attempt = 0; ; attempt++)
        {
            var fd = Native.Openat2(at.Number, path, how);
            if (fd >= 0) return new SafeFileHandle((nint)fd, true);
            var errno = Marshal.GetLastPInvokeError();
            if (errno is Errno.ENOENT or Errno.ENOTDIR) return null;
            // man 2 openat2: EAGAIN means that a rename raced with "..".
            if (errno == Errno.EAGAIN && attempt < 32) continue;
            throw new LinuxException("openat2", errno, path);
        }
    }
}
