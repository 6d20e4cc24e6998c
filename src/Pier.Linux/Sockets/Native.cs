using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Sockets;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;
}

/// <summary>struct msghdr of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct ucred.</summary>
[StructLayout(LayoutKind.Sequential)]
struct Credentials
{
    public int Pid,
        Uid,
        Gid;
}

static unsafe partial class Native
{
    public const int AF_UNIX = 1,
        SOCK_STREAM = 1,
        SOCK_SEQPACKET = 5,
        SOCK_CLOEXEC = 0x80000,
        SOCK_NONBLOCK = 0x800;
    public const int SOL_SOCKET = 1,
        SCM_RIGHTS = 1,
        SO_SNDBUF = 7,
        SO_PEERCRED = 17,
        SO_SNDBUFFORCE = 32;
    public const int MSG_CTRUNC = 8,
        MSG_TRUNC = 0x20,
        MSG_DONTWAIT = 0x40,
        MSG_NOSIGNAL = 0x4000,
        MSG_CMSG_CLOEXEC = 0x40000000;
    public const int SHUT_WR = 1,
        SHUT_RDWR = 2;
    public const int AF_INET = 2,
        AF_INET6 = 10,
        SOCK_DGRAM = 2,
        SO_ERROR = 4,
        SO_KEEPALIVE = 9,
        SO_LINGER = 13;
    public const int IPPROTO_TCP = 6,
        TCP_NODELAY = 1,
        IPPROTO_IPV6 = 41,
        IPV6_RECVPKTINFO = 49,
        IPV6_PKTINFO = 50;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    public static partial int Pair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeFileHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeFileHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(SafeFileHandle socket, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SafeFileHandle socket, void* address, void* length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint Send(SafeFileHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint Receive(SafeFileHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SafeFileHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(SafeFileHandle socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(SafeFileHandle socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Chmod(string path, uint mode);
}
