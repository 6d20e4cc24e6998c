using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Cgroups;

/// <summary>Files of cgroupfs: one write(2) a value, and never made by opening.</summary>
static unsafe class CgroupFile
{
    const int WriteOnly = 1,
        ReadOnly = 0,
        CloseOnExec = 0x80000;

    /// <summary>Writes a value; the errno, or 0.</summary>
    public static int TryWrite(string path, string value) => TryWrite(path, [value], out _);

    /// <summary>Writes values one after another; the errno of the first that is refused, and how many were written before.</summary>
    public static int TryWrite(string path, ReadOnlySpan<string> values, out int written)
    {
        written = 0;
        var fd = Native.Open(path, WriteOnly | CloseOnExec, 0);
        if (fd < 0)
            return Marshal.GetLastPInvokeError();
        var errno = 0;
        while (written < values.Length && (errno = TryWrite(fd, values[written])) == 0)
            written++;
        _ = Native.Close(fd);
        return errno;
    }

    static int TryWrite(int fd, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var errno = 0;
        fixed (byte* start = bytes)
        {
            while (Native.Write(fd, start, (nuint)bytes.Length) < 0)
            {
                errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    break;
                errno = 0;
            }
        }
        return errno;
    }

    public static void Write(string path, string value)
    {
        if (TryWrite(path, value) is var errno and not 0)
            throw new LinuxException("write", errno, $"\"{value}\" to {path}");
    }

    /// <summary>The whole text, or null when the file or its group does not exist.</summary>
    public static string? TryRead(string path)
    {
        var fd = Native.Open(path, ReadOnly | CloseOnExec, 0);
        if (fd < 0)
            return null;
        try
        {
            var text = new MemoryStream();
            var buffer = stackalloc byte[4096];
            while (true)
            {
                var count = Native.Read(fd, buffer, 4096);
                if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                    continue;
                // ENODEV: the group was removed while it was open.
                if (count < 0)
                    return null;
                if (count == 0)
                    return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
                text.Write(new ReadOnlySpan<byte>(buffer, (int)count));
            }
        }
        finally
        {
            _ = Native.Close(fd);
        }
    }

    public static SafeFileHandle OpenWrite(string path) => Native.Owned(Native.Open(path, WriteOnly | CloseOnExec, 0), path);

    public static SafeFileHandle OpenDirectory(string path) =>
        Native.Owned(Native.Open(path, ReadOnly | CloseOnExec | Mounts.OpenFlags.Directory, 0), path);
}
