using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;

namespace Pier.Linux.Sockets;

/// <summary>Messages with file descriptors (man 7 unix, SCM_RIGHTS).</summary>
public static unsafe class SocketMessage
{
    /// <summary>SCM_MAX_FD: more descriptors than this do not fit into one message.</summary>
    public const int MaxDescriptors = 253;

    const int ControlHeader = 16; // struct cmsghdr: length, level, type
    const int ControlSize = ControlHeader + MaxDescriptors * 4 + 4;

    /// <summary>
    /// Sends bytes and descriptors as one message. With <paramref name="wait"/> false a full buffer gives EAGAIN. Never raises SIGPIPE.
    /// </summary>
    public static Transfer Send(
        SafeFileHandle socket,
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<SafeFileHandle> descriptors = default,
        bool wait = true
    )
    {
        if (descriptors.Length > MaxDescriptors)
            return new Transfer(0, Errno.EINVAL);
        var control = stackalloc byte[ControlSize];
        fixed (byte* start = bytes)
        {
            var vector = new IoVector { Start = start, Length = (nuint)bytes.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (descriptors.Length > 0)
            {
                *(nuint*)control = (nuint)(ControlHeader + 4 * descriptors.Length);
                ((int*)control)[2] = Native.SOL_SOCKET;
                ((int*)control)[3] = Native.SCM_RIGHTS;
                for (var i = 0; i < descriptors.Length; i++)
                    ((int*)(control + ControlHeader))[i] = Descriptor.Number(descriptors[i]);
                message.Control = control;
                message.ControlLength = (nuint)(ControlHeader + (4 * descriptors.Length + 7 & ~7));
            }
            var flags = Native.MSG_NOSIGNAL | (wait ? 0 : Native.MSG_DONTWAIT);
            nint count;
            do count = Native.Send(socket, &message, flags);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            var result = count >= 0 ? new Transfer((int)count, 0) : new Transfer(0, Marshal.GetLastPInvokeError());
            for (var i = 0; i < descriptors.Length; i++)
                GC.KeepAlive(descriptors[i]);
            return result;
        }
    }

    /// <summary>
    /// Receives bytes (of one message, on a packet socket) and appends received descriptors to the list. They are close-on-exec unless
    /// <paramref name="inheritable"/>. A message that was cut short, or lost descriptors, gives EMSGSIZE.
    /// </summary>
    public static Transfer Receive(
        SafeFileHandle socket,
        Span<byte> buffer,
        List<SafeFileHandle>? descriptors = null,
        bool wait = true,
        bool inheritable = false
    )
    {
        var control = stackalloc byte[ControlSize];
        fixed (byte* start = buffer)
        {
            var vector = new IoVector { Start = start, Length = (nuint)buffer.Length };
            var message = new MessageHeader
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlSize,
            };
            var flags = (inheritable ? 0 : Native.MSG_CMSG_CLOEXEC) | (wait ? 0 : Native.MSG_DONTWAIT);
            nint count;
            do count = Native.Receive(socket, &message, flags);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (count < 0)
                return new Transfer(0, Marshal.GetLastPInvokeError());
            TakeDescriptors(message, descriptors);
            return (message.Flags & (Native.MSG_TRUNC | Native.MSG_CTRUNC)) != 0
                ? new Transfer(0, Errno.EMSGSIZE)
                : new Transfer((int)count, 0);
        }
    }

    static void TakeDescriptors(in MessageHeader message, List<SafeFileHandle>? descriptors)
    {
        var control = (byte*)message.Control;
        var end = control + message.ControlLength;
        while (end - control >= ControlHeader)
        {
            var length = (long)*(nuint*)control;
            if (length < ControlHeader || control + length > end)
                return;
            if (((int*)control)[2] == Native.SOL_SOCKET && ((int*)control)[3] == Native.SCM_RIGHTS)
            {
                for (var at = control + ControlHeader; at + 4 <= control + length; at += 4)
                {
                    var received = new SafeFileHandle(*(int*)at, true);
                    if (descriptors is null)
                        received.Dispose();
                    else
                        descriptors.Add(received);
                }
            }
            control += (length + 7) & ~7L;
        }
    }
}
