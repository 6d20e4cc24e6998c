using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Netlink;

/// <summary>System calls on netlink sockets (man 7 netlink).</summary>
static unsafe partial class NetlinkNative
{
    public const int AF_NETLINK = 16,
        SOCK_RAW = 3,
        SOCK_CLOEXEC = 0x80000,
        SOL_NETLINK = 270,
        SOL_SOCKET = 1;

    /// <summary>Socket options of SOL_NETLINK and SOL_SOCKET.</summary>
    public const int NETLINK_CAP_ACK = 10,
        NETLINK_EXT_ACK = 11,
        NETLINK_GET_STRICT_CHK = 12,
        SO_SNDBUFFORCE = 32,
        SO_RCVBUFFORCE = 33;

    /// <summary>recv flag: give the datagram's real length, so that a truncation is noticed.</summary>
    public const int MSG_TRUNC = 0x20;

    /// <summary>recv flag: EAGAIN in place of waiting.</summary>
    public const int MSG_DONTWAIT = 0x40;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeFileHandle socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(SafeFileHandle socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeFileHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeFileHandle socket, byte* buffer, nuint length, int flags);
}
