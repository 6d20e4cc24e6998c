using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Processes;

/// <summary>Processes by descriptor (man 2 pidfd_open): a reused pid can never be meant.</summary>
public static unsafe class PidFd
{
    /// <summary>A pidfd for a process. It is close-on-exec. Throws <see cref="LinuxException"/> (ESRCH: no such process).</summary>
    public static SafeFileHandle Open(int pid)
    {
        var fd = Native.Syscall(Native.PidfdOpen, pid, 0, 0, 0);
        return fd >= 0
            ? new SafeFileHandle((nint)fd, true)
            : throw new LinuxException("pidfd_open", Marshal.GetLastPInvokeError(), $"{pid}");
    }

    /// <summary>Sends a signal; false when the process has ended.</summary>
    public static bool Send(SafeFileHandle pidFd, int signal)
    {
        if (Native.Syscall(Native.PidfdSendSignal, pidFd, signal, 0, 0) == 0)
            return true;
        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? false : throw new LinuxException("pidfd_send_signal", errno, $"signal {signal}");
    }

    /// <summary>Waits for a child's end and reaps it.</summary>
    public static ProcessStatus Wait(SafeFileHandle pidFd) =>
        WaitOrNull(pidFd, 0, out _) ?? throw new LinuxException("waitid", Errno.ECHILD);

    /// <summary>As <see cref="Wait"/>; null when it is somebody else's child.</summary>
    public static ProcessStatus? WaitIfChild(SafeFileHandle pidFd) => WaitOrNull(pidFd, 0, out _);

    /// <summary>
    /// How a child ended, without reaping it, so that this can be written down before; null when it lives.
    /// <paramref name="isChild"/> is false when it is somebody else's child.
    /// </summary>
    public static ProcessStatus? Peek(SafeFileHandle pidFd, out bool isChild) =>
        WaitOrNull(pidFd, Native.WNOHANG | Native.WNOWAIT, out isChild);

    /// <summary>
    /// How a process ended that is not our child, where the kernel tells (PIDFD_GET_INFO with PIDFD_INFO_EXIT, Linux 6.15, after it was
    /// reaped); null when it does not, or not yet.
    /// </summary>
    public static ProcessStatus? ExitOfStranger(SafeFileHandle pidFd)
    {
        var info = new PidFdInfo { Mask = Native.PIDFD_INFO_EXIT };
        if (Native.Ioctl(pidFd, Native.PIDFD_GET_INFO, &info) != 0)
            return null;
        return (info.Mask & Native.PIDFD_INFO_EXIT) != 0 ? ProcessStatus.FromWord(info.ExitCode) : null;
    }

    static ProcessStatus? WaitOrNull(SafeFileHandle pidFd, int options, out bool isChild)
    {
        SignalInfo info;
        int result,
            errno = 0;
        do
        {
            info = default;
            result = Native.WaitId(Native.P_PIDFD, (int)pidFd.DangerousGetHandle(), &info, Native.WEXITED | options);
            if (result != 0)
                errno = Marshal.GetLastPInvokeError();
        } while (result != 0 && errno == Errno.EINTR);
        GC.KeepAlive(pidFd);
        isChild = result == 0;
        if (result != 0 && errno != Errno.ECHILD)
            throw new LinuxException("waitid", errno);
        return result == 0 && info.Pid != 0 ? ProcessStatus.From(info) : null;
    }
}
