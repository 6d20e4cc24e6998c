using System.Runtime.InteropServices;

namespace Pier.Linux.Processes;

/// <summary>Children by pid (man 2 waitid): for the reaper of everything, which has no descriptor for strangers.</summary>
public static unsafe class Children
{
    /// <summary>
    /// Blocks until any child has ended and returns its pid, without reaping it: its pid stays taken until <see cref="Reap"/>. 0 when
    /// there is no child at all.
    /// </summary>
    public static int WaitForAny()
    {
        while (true)
        {
            SignalInfo info = default;
            if (Native.WaitId(Native.P_ALL, 0, &info, Native.WEXITED | Native.WNOWAIT) == 0)
                return info.Pid;
            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR:
                    continue;
                case Errno.ECHILD:
                    return 0;
                case var errno:
                    throw new LinuxException("waitid", errno);
            }
        }
    }

    /// <summary>True when the pid is a child of this process, ended or not (then the pid cannot have been reused).</summary>
    public static bool IsChild(int pid)
    {
        SignalInfo info = default;
        return Native.WaitId(Native.P_PID, pid, &info, Native.WEXITED | Native.WNOWAIT | Native.WNOHANG) == 0;
    }

    /// <summary>True when a child has ended and is not reaped yet.</summary>
    public static bool HasEnded(int pid) => Peek(pid) is not null;

    /// <summary>How a child ended, without reaping it; null when it lives or is no child.</summary>
    public static ProcessStatus? Peek(int pid)
    {
        SignalInfo info = default;
        return Native.WaitId(Native.P_PID, pid, &info, Native.WEXITED | Native.WNOWAIT | Native.WNOHANG) == 0 && info.Pid != 0
            ? ProcessStatus.From(info)
            : null;
    }

    /// <summary>Waits for a child and reaps it; null when it is no child of this process.</summary>
    public static ProcessStatus? Reap(int pid)
    {
        while (true)
        {
            SignalInfo info = default;
            if (Native.WaitId(Native.P_PID, pid, &info, Native.WEXITED) == 0)
                return ProcessStatus.From(info);
            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR:
                    continue;
                case Errno.ECHILD:
                    return null;
                case var errno:
                    throw new LinuxException("waitid", errno, $"{pid}");
            }
        }
    }
}
