using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Terminals;

/// <summary>
/// A descriptor as a blocking stream that hides nothing: the framework's console streams swallow EPIPE, and its file streams keep an offset
/// of their own, so that processes which share a file overwrite each other.
/// </summary>
public sealed unsafe partial class DescriptorStream(SafeFileHandle fd, bool writes) : Stream
{
    public override bool CanRead => !writes;
    public override bool CanWrite => writes;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Throws <see cref="LinuxException"/>; a terminal that hung up (EIO) is an end.</summary>
    public override int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = ReadCall(fd, start, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EIO)
                    return 0;
                if (errno == Errno.EAGAIN)
                    Wait(POLLIN);
                else if (errno != Errno.EINTR)
                    throw new LinuxException("read", errno);
            }
        }
    }

    /// <summary>Writes all of it, or throws <see cref="LinuxException"/>.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (var done = 0; done < buffer.Length; )
            {
                var count = WriteCall(fd, start + done, (nuint)(buffer.Length - done));
                if (count >= 0)
                {
                    done += (int)count;
                    continue;
                }
                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EAGAIN)
                    Wait(POLLOUT);
                else if (errno != Errno.EINTR)
                    throw new LinuxException("write", errno);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    const short POLLIN = 1,
        POLLOUT = 4;

    /// <summary>Somebody who shares the open file made it non-blocking: wait as if it were not.</summary>
    void Wait(short events)
    {
        var poll = stackalloc int[2]; // struct pollfd: int fd, short events, short revents
        poll[0] = (int)fd.DangerousGetHandle();
        poll[1] = (ushort)events;
        _ = PollCall(poll, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadCall(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCall(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollCall(int* fds, ulong count, int timeout);
}
