using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Pty;

/// <summary>Pseudoterminals (man 7 pty), always by descriptor: a path in a container is not to be trusted (CVE-2025-52565).</summary>
public static unsafe partial class Terminal
{
    const int O_RDWR = 2,
        O_NOCTTY = 0x100,
        O_NONBLOCK = 0x800,
        O_CLOEXEC = 0x80000,
        AT_FDCWD = -100;
    const nuint TIOCSWINSZ = 0x5414,
        TIOCGPTPEER = 0x5441,
        TIOCSPTLCK = 0x40045431,
        TCGETS = 0x5401,
        TCSETS = 0x5402;

    /// <summary>
    /// A pseudoterminal of a devpts instance, given by its root directory (null: the host's /dev/ptmx). The master is non-blocking.
    /// </summary>
    public static (SafeFileHandle Master, SafeFileHandle Slave) Open(SafeFileHandle? devpts)
    {
        var fd = devpts is null
            ? OpenAt(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0)
            : OpenAt((int)devpts.DangerousGetHandle(), "ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);
        GC.KeepAlive(devpts);
        if (fd < 0)
            throw new LinuxException("open", Marshal.GetLastPInvokeError(), "ptmx");
        var master = new SafeFileHandle(fd, true);
        var unlocked = 0;
        if (Ioctl(master, TIOCSPTLCK, (nint)(&unlocked)) != 0)
            throw Failed(master, "TIOCSPTLCK");
        var slave = Ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        return slave >= 0 ? (master, new SafeFileHandle(slave, true)) : throw Failed(master, "TIOCGPTPEER");
    }

    /// <summary>Sets the window size; the foreground process group gets SIGWINCH when it changed.</summary>
    public static void Resize(SafeFileHandle master, int rows, int columns)
    {
        var size = stackalloc ushort[4] { (ushort)rows, (ushort)columns, 0, 0 }; // struct winsize
        if (Ioctl(master, TIOCSWINSZ, (nint)size) != 0)
            throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), "TIOCSWINSZ");
    }

    /// <summary>Raw mode as cfmakeraw makes it (man 3 termios); returns the settings before, for <see cref="Restore"/>.</summary>
    public static byte[] MakeRaw(SafeFileHandle terminal)
    {
        var before = new byte[36]; // struct termios of the kernel: c_iflag, c_oflag, c_cflag, c_lflag, c_line, c_cc[19]
        fixed (byte* settings = before)
        {
            if (Ioctl(terminal, TCGETS, (nint)settings) != 0)
                throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), "TCGETS");
            var raw = stackalloc byte[36];
            Buffer.MemoryCopy(settings, raw, 36, 36);
            var flags = (uint*)raw;
            flags[0] &= ~0x5EBu; // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
            flags[1] &= ~1u; // OPOST
            flags[2] = flags[2] & ~0x130u | 0x30u; // CSIZE PARENB -> CS8
            flags[3] &= ~0x804Bu; // ECHO ECHONL ICANON ISIG IEXTEN
            raw[17 + 6] = 1; // VMIN
            raw[17 + 5] = 0; // VTIME
            if (Ioctl(terminal, TCSETS, (nint)raw) != 0)
                throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), "TCSETS");
        }
        return before;
    }

    /// <summary>Puts settings back that <see cref="MakeRaw"/> returned.</summary>
    public static void Restore(SafeFileHandle terminal, byte[] settings)
    {
        fixed (byte* start = settings)
            _ = Ioctl(terminal, TCSETS, (nint)start);
    }

    static LinuxException Failed(SafeFileHandle master, string request)
    {
        var errno = Marshal.GetLastPInvokeError();
        master.Dispose();
        return new LinuxException("ioctl", errno, request);
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle fd, nuint request, nint argument);
}
