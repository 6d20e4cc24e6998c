using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Epoll;

/// <summary>What to wait for and what happened (man 2 epoll_ctl).</summary>
[Flags]
public enum Readiness : uint
{
    None = 0,
    In = 1,
    Out = 4,
    Error = 8,
    HangUp = 0x10,
    PeerClosedWriting = 0x2000,
}

/// <summary>One event: what happened, and the token that the descriptor was added with.</summary>
public readonly record struct EpollEvent(Readiness Events, long Token);

/// <summary>An epoll instance, level-triggered. Not thread-safe but for what the kernel promises.</summary>
public sealed unsafe class EpollSet : IDisposable
{
    const int MaxEvents = 64;

    readonly SafeFileHandle _epoll;
    readonly byte* _raw;

    public EpollSet()
    {
        var fd = Native.Create(Native.EPOLL_CLOEXEC);
        if (fd < 0)
            throw new LinuxException("epoll_create1", Marshal.GetLastPInvokeError());
        _epoll = new SafeFileHandle(fd, true);
        _raw = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * Native.EventSize));
    }

    /// <summary>Watches a descriptor; false when it cannot be watched (EPERM: a regular file).</summary>
    public bool Add(SafeFileHandle fd, Readiness events, long token) => Control(Native.EPOLL_CTL_ADD, fd, events, token, Errno.EPERM);

    /// <summary>Changes what is watched.</summary>
    public void Modify(SafeFileHandle fd, Readiness events, long token) => Control(Native.EPOLL_CTL_MOD, fd, events, token, 0);

    /// <summary>Stops watching; no error when it was not watched.</summary>
    public void Remove(SafeFileHandle fd) => Control(Native.EPOLL_CTL_DEL, fd, 0, 0, Errno.ENOENT);

    /// <summary>
    /// Waits up to <paramref name="milliseconds"/> (-1: for ever) and returns the number of events put into the buffer (0: time is up, or
    /// a signal).
    /// </summary>
    public int Wait(Span<EpollEvent> events, int milliseconds)
    {
        var count = Native.Wait(_epoll, _raw, Math.Min(events.Length, MaxEvents), milliseconds);
        if (count < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.EINTR ? 0 : throw new LinuxException("epoll_wait", errno);
        }
        for (var i = 0; i < count; i++)
        {
            var raw = _raw + i * Native.EventSize;
            events[i] = new EpollEvent((Readiness)Unsafe.ReadUnaligned<uint>(raw), Unsafe.ReadUnaligned<long>(raw + Native.DataOffset));
        }
        return count;
    }

    public void Dispose()
    {
        if (_epoll.IsClosed)
            return;
        _epoll.Dispose();
        NativeMemory.Free(_raw);
    }

    bool Control(int operation, SafeFileHandle fd, Readiness events, long token, int allowed)
    {
        var raw = stackalloc byte[16];
        Unsafe.WriteUnaligned(raw, (uint)events);
        Unsafe.WriteUnaligned(raw + Native.DataOffset, token);
        if (Native.Control(_epoll, operation, fd, raw) == 0)
            return true;
        var errno = Marshal.GetLastPInvokeError();
        return errno == allowed ? false : throw new LinuxException("epoll_ctl", errno);
    }
}
