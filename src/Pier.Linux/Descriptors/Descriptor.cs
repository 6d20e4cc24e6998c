using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Descriptors;

/// <summary>Flags of file descriptors (man 2 fcntl).</summary>
public static class Descriptor
{
    /// <summary>Takes over a descriptor number that was inherited; the handle closes it.</summary>
    public static SafeFileHandle Own(int number) => new(number, ownsHandle: true);

    /// <summary>The number, for lists that are handed over across execve. The handle must stay alive meanwhile.</summary>
    public static int Number(SafeFileHandle fd) => (int)fd.DangerousGetHandle();

    /// <summary>A second descriptor for the same open file, close-on-exec.</summary>
    public static SafeFileHandle Duplicate(SafeFileHandle fd) => new(Control(fd, Native.F_DUPFD_CLOEXEC, 0, "F_DUPFD_CLOEXEC"), true);

    /// <summary>As <see cref="Duplicate(SafeFileHandle)"/>, with a number not below the given one.</summary>
    public static SafeFileHandle Duplicate(SafeFileHandle fd, int lowest) =>
        new(Control(fd, Native.F_DUPFD_CLOEXEC, lowest, "F_DUPFD_CLOEXEC"), true);

    /// <summary>Makes the open file blocking again.</summary>
    public static void SetBlocking(SafeFileHandle fd) =>
        Control(fd, Native.F_SETFL, Control(fd, Native.F_GETFL, 0, "F_GETFL") & ~Native.O_NONBLOCK, "F_SETFL");

    /// <summary>Whether execve closes the descriptor.</summary>
    public static void SetCloseOnExec(SafeFileHandle fd, bool close) =>
        Control(fd, Native.F_SETFD, close ? Native.FD_CLOEXEC : 0, "F_SETFD");

    /// <summary>Makes the open file non-blocking; shared by everyone who has the same open file.</summary>
    public static void SetNonBlocking(SafeFileHandle fd)
    {
        var flags = Control(fd, Native.F_GETFL, 0, "F_GETFL");
        if ((flags & Native.O_NONBLOCK) == 0)
            Control(fd, Native.F_SETFL, flags | Native.O_NONBLOCK, "F_SETFL");
    }

    /// <summary>True when the number is an open descriptor of this process.</summary>
    public static bool IsOpen(int number)
    {
        using var borrowed = new SafeFileHandle(number, false);
        return Native.Control(borrowed, Native.F_GETFD, 0) >= 0;
    }

    static int Control(SafeFileHandle fd, int command, nint argument, string name)
    {
        var result = Native.Control(fd, command, argument);
        return result >= 0 ? result : throw new LinuxException("fcntl", Marshal.GetLastPInvokeError(), name);
    }
}
