using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Descriptors;

/// <summary>How a non-blocking transfer went: bytes moved, or why none.</summary>
public readonly record struct Transfer(int Count, int Errno)
{
    /// <summary>Nothing there now (EAGAIN).</summary>
    public bool WouldBlock => Errno == Linux.Errno.EAGAIN;

    /// <summary>The other side is gone for good: end of file, EPIPE, a hung-up terminal (EIO) or a reset.</summary>
    public bool Ended => Count == 0 && !WouldBlock;
}

/// <summary>Pipes (man 7 pipe) and what reads and writes them without blocking.</summary>
public static unsafe class Pipe
{
    const uint SPLICE_F_NONBLOCK = 2;

    /// <summary>A pipe, both ends close-on-exec and blocking: each end's owner chooses for itself.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) Create()
    {
        var ends = stackalloc int[2];
        if (Native.Pipe(ends, Native.O_CLOEXEC) != 0)
            throw new LinuxException("pipe2", Marshal.GetLastPInvokeError());
        return (new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[1], true));
    }

    /// <summary>Asks for a capacity in bytes; false when the system's limit forbids it (man 2 fcntl, F_SETPIPE_SZ).</summary>
    public static bool TrySetCapacity(SafeFileHandle pipe, int bytes) => Native.Control(pipe, Native.F_SETPIPE_SZ, bytes) >= 0;

    /// <summary>The capacity in bytes.</summary>
    public static int Capacity(SafeFileHandle pipe)
    {
        var size = Native.Control(pipe, Native.F_GETPIPE_SZ, 0);
        return size >= 0 ? size : throw new LinuxException("fcntl", Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Moves bytes from a pipe or terminal to another pipe. The kernel does it in one go: a SIGKILL finds the bytes on either side, never
    /// on both.
    /// </summary>
    public static Transfer Splice(SafeFileHandle from, SafeFileHandle to, int max)
    {
        nint count;
        do count = Native.Splice(from, null, to, null, (nuint)max, SPLICE_F_NONBLOCK);
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return Result(count);
    }

    /// <summary>Puts what a pipe holds into another one as well, without copying it and without taking it out (man 2 tee).</summary>
    public static Transfer Tee(SafeFileHandle from, SafeFileHandle to, int max)
    {
        nint count;
        do count = Native.Tee(from, to, (nuint)max, SPLICE_F_NONBLOCK);
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return Result(count);
    }

    /// <summary>Reads what is there (the descriptor is non-blocking).</summary>
    public static Transfer Read(SafeFileHandle from, Span<byte> buffer)
    {
        nint count;
        fixed (byte* start = buffer)
            do count = Native.Read(from, start, (nuint)buffer.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return Result(count);
    }

    /// <summary>Writes what fits (the descriptor is non-blocking).</summary>
    public static Transfer Write(SafeFileHandle to, ReadOnlySpan<byte> bytes)
    {
        nint count;
        fixed (byte* start = bytes)
            do count = Native.Write(to, start, (nuint)bytes.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return Result(count);
    }

    static Transfer Result(nint count) => count >= 0 ? new((int)count, 0) : new(0, Marshal.GetLastPInvokeError());
}
