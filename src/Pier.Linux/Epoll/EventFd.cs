using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Epoll;

/// <summary>A wake-up that other threads give to a loop (man 2 eventfd).</summary>
public sealed unsafe class EventFd : IDisposable
{
    public EventFd()
    {
        var fd = Native.EventFd(0, Native.EFD_CLOEXEC | Native.EFD_NONBLOCK);
        if (fd < 0)
            throw new LinuxException("eventfd", Marshal.GetLastPInvokeError());
        Handle = new SafeFileHandle(fd, true);
    }

    /// <summary>Readable when set; to be watched.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Sets it; from any thread.</summary>
    public void Set()
    {
        ulong one = 1;
        _ = Native.Write(Handle, &one, sizeof(ulong));
    }

    /// <summary>Unsets it.</summary>
    public void Reset()
    {
        ulong count;
        _ = Native.Read(Handle, &count, sizeof(ulong));
    }

    public void Dispose() => Handle.Dispose();
}
