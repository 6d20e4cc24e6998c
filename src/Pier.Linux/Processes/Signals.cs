using System.Runtime.InteropServices;

namespace Pier.Linux.Processes;

/// <summary>Signal numbers and dispositions of this process.</summary>
public static unsafe class Signals
{
    public const int SIGHUP = 1,
        SIGINT = 2,
        SIGQUIT = 3,
        SIGKILL = 9,
        SIGPIPE = 13,
        SIGTERM = 15,
        SIGCHLD = 17;

    /// <summary>
    /// Sets SIGCHLD to SIG_DFL: inherited as SIG_IGN the kernel would reap children itself and every exit status would be lost
    /// (man 2 waitid, notes). Belongs first in Main.
    /// </summary>
    public static void DefaultChild() => Default(SIGCHLD);

    /// <summary>
    /// Gives a signal back its own effect: one that was inherited as ignored (nohup, a shell's background) is not handled by .NET.
    /// </summary>
    public static void Default(int signal) => Set(signal, 0);

    /// <summary>Ignores a signal.</summary>
    public static void Ignore(int signal) => Set(signal, 1);

    static void Set(int signal, nint handler)
    {
        // struct sigaction of glibc: handler, 128 bytes of mask, flags, restorer.
        var action = stackalloc byte[152];
        new Span<byte>(action, 152).Clear();
        *(nint*)action = handler;
        if (Native.SigAction(signal, action, null) != 0)
            throw new LinuxException("sigaction", Marshal.GetLastPInvokeError(), $"{signal}");
    }
}
