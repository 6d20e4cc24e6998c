using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Sockets;

/// <summary>The two kinds of unix sockets in use: a byte stream, and sequenced packets that keep message bounds.</summary>
public enum SocketKind
{
    Stream = Native.SOCK_STREAM,
    SequencedPackets = Native.SOCK_SEQPACKET,
}

/// <summary>Unix sockets (man 7 unix). Every descriptor is close-on-exec.</summary>
public static unsafe class UnixSocket
{
    const int MaxPath = 107;

    /// <summary>Two connected sockets.</summary>
    public static (SafeFileHandle One, SafeFileHandle Other) Pair(SocketKind kind)
    {
        var ends = stackalloc int[2];
        if (Native.Pair(Native.AF_UNIX, (int)kind | Native.SOCK_CLOEXEC, 0, ends) != 0)
            throw new LinuxException("socketpair", Marshal.GetLastPInvokeError());
        return (new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[1], true));
    }

    /// <summary>
    /// Listens at a path, reachable for this user alone (0600). A name that is in use already gives EADDRINUSE: its owner removes it,
    /// under a lock of its own.
    /// </summary>
    public static SafeFileHandle Listen(SocketKind kind, string path, int backlog)
    {
        var socket = Create(kind);
        var address = stackalloc byte[MaxPath + 3];
        var length = Address(path, address);
        if (Native.Bind(socket, address, length) != 0)
            throw Failed(socket, "bind", path);
        // Nobody can connect before listen, so the mode is right from the first connection.
        if (Native.Chmod(path, 0x180) != 0)
            throw Failed(socket, "chmod", path);
        if (Native.Listen(socket, backlog) != 0)
            throw Failed(socket, "listen", path);
        return socket;
    }

    /// <summary>Connects; throws <see cref="LinuxException"/> (ENOENT, ECONNREFUSED: nobody listens).</summary>
    public static SafeFileHandle Connect(SocketKind kind, string path)
    {
        var socket = Create(kind);
        var address = stackalloc byte[MaxPath + 3];
        var length = Address(path, address);
        return Native.Connect(socket, address, length) == 0 ? socket : throw Failed(socket, "connect", path);
    }

    /// <summary>As <see cref="Connect"/>; null when nobody listens.</summary>
    public static SafeFileHandle? TryConnect(SocketKind kind, string path)
    {
        var socket = Create(kind);
        var address = stackalloc byte[MaxPath + 3];
        var length = Address(path, address);
        if (Native.Connect(socket, address, length) == 0)
            return socket;
        if (Marshal.GetLastPInvokeError() is not (Errno.ENOENT or Errno.ECONNREFUSED))
            throw Failed(socket, "connect", path);
        socket.Dispose();
        return null;
    }

    /// <summary>Accepts a connection, non-blocking; null when there is none.</summary>
    public static SafeFileHandle? TryAccept(SafeFileHandle listener)
    {
        var fd = Native.Accept(listener, null, null, Native.SOCK_CLOEXEC | Native.SOCK_NONBLOCK);
        return fd >= 0 ? new SafeFileHandle(fd, true) : null;
    }

    /// <summary>The peer's user id when it connected (SO_PEERCRED).</summary>
    public static int PeerUser(SafeFileHandle socket)
    {
        Credentials credentials;
        uint size = (uint)sizeof(Credentials);
        if (Native.GetOption(socket, Native.SOL_SOCKET, Native.SO_PEERCRED, &credentials, &size) != 0)
            throw new LinuxException("getsockopt", Marshal.GetLastPInvokeError(), "SO_PEERCRED");
        return credentials.Uid;
    }

    /// <summary>Ends the sending side: the peer reads the end of the stream.</summary>
    public static void ShutdownSend(SafeFileHandle socket) => _ = Native.Shutdown(socket, Native.SHUT_WR);

    /// <summary>Ends both sides.</summary>
    public static void Shutdown(SafeFileHandle socket) => _ = Native.Shutdown(socket, Native.SHUT_RDWR);

    static SafeFileHandle Create(SocketKind kind)
    {
        var fd = Native.Socket(Native.AF_UNIX, (int)kind | Native.SOCK_CLOEXEC, 0);
        return fd >= 0 ? new SafeFileHandle(fd, true) : throw new LinuxException("socket", Marshal.GetLastPInvokeError());
    }

    static uint Address(string path, byte* address)
    {
        var length = Encoding.UTF8.GetByteCount(path);
        if (length > MaxPath)
            throw new LinuxException("socket", Errno.ENAMETOOLONG, path);
        *(ushort*)address = Native.AF_UNIX;
        Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, MaxPath));
        address[2 + length] = 0;
        return (uint)(2 + length + 1);
    }

    static LinuxException Failed(SafeFileHandle socket, string call, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        socket.Dispose();
        return new LinuxException(call, errno, path);
    }
}
