using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Terminals;

/// <summary>Questions to a terminal that this process was given (man 2 ioctl_tty).</summary>
public static unsafe partial class TerminalQuery
{
    const nuint TCGETS = 0x5401,
        TIOCGWINSZ = 0x5413;

    /// <summary>Whether the descriptor is a terminal.</summary>
    public static bool IsTerminal(SafeFileHandle fd)
    {
        var settings = stackalloc byte[36]; // struct termios of the kernel
        return Ioctl(fd, TCGETS, (nint)settings) == 0;
    }

    /// <summary>Its rows and columns; zeros when it is none or does not know.</summary>
    public static (int Rows, int Columns) Size(SafeFileHandle fd)
    {
        var size = stackalloc ushort[4]; // struct winsize
        return Ioctl(fd, TIOCGWINSZ, (nint)size) == 0 ? (size[0], size[1]) : (0, 0);
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle fd, nuint request, nint argument);
}
