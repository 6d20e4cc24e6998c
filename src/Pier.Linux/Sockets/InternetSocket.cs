using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Sockets;

/// <summary>Non-blocking TCP and UDP sockets for an epoll loop (man 7 ip, ipv6, tcp). Every descriptor is close-on-exec.</summary>
public static unsafe class InternetSocket
{
    const int MaxAddress = 28;

    /// <summary>
    /// Begins to connect. Returns the socket and 0, or EINPROGRESS: it gets writable when it is known, see <see cref="TakeError"/>.
    /// </summary>
    /// <exception cref="LinuxException">No socket, or refused at once.</exception>
    public static SafeFileHandle Connect(IPEndPoint target, bool stream)
    {
        var v6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        var kind = (stream ? Native.SOCK_STREAM : Native.SOCK_DGRAM) | Native.SOCK_CLOEXEC | Native.SOCK_NONBLOCK;
        var fd = Native.Socket(v6 ? Native.AF_INET6 : Native.AF_INET, kind, 0);
        if (fd < 0)
            throw new LinuxException("socket", Marshal.GetLastPInvokeError());
        var socket = new SafeFileHandle(fd, true);
        var address = stackalloc byte[MaxAddress];
        if (Native.Connect(socket, address, Write(target, new Span<byte>(address, MaxAddress))) == 0)
            return socket;
        var errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.EINPROGRESS)
            return socket;
        socket.Dispose();
        throw new LinuxException("connect", errno, target.ToString());
    }

    /// <summary>The pending error, or 0 (SO_ERROR).</summary>
    public static int TakeError(SafeFileHandle socket)
    {
        int error;
        uint size = sizeof(int);
        return Native.GetOption(socket, Native.SOL_SOCKET, Native.SO_ERROR, &error, &size) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Small messages leave at once, and a peer that vanished is noticed: for a TCP connection that is passed on.</summary>
    public static void PrepareStream(SafeFileHandle socket)
    {
        Set(socket, Native.IPPROTO_TCP, Native.TCP_NODELAY, 1);
        Set(socket, Native.SOL_SOCKET, Native.SO_KEEPALIVE, 1);
    }

    /// <summary>Closing the socket resets the connection: the peer sees an error, not an end (SO_LINGER of zero seconds).</summary>
    public static void ResetOnClose(SafeFileHandle socket)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = Native.SetOption(socket, Native.SOL_SOCKET, Native.SO_LINGER, linger, 2 * sizeof(int));
    }

    /// <summary>Datagrams say which address they were sent to (IPV6_RECVPKTINFO).</summary>
    public static void TellDestinations(SafeFileHandle socket) => Set(socket, Native.IPPROTO_IPV6, Native.IPV6_RECVPKTINFO, 1);

    /// <summary>Receives a datagram on an IPv6 socket, with who sent it and to which address.</summary>
    public static int Receive(SafeFileHandle socket, Span<byte> buffer, out DatagramPeer peer)
    {
        peer = default;
        var control = stackalloc byte[DatagramPeer.ControlSize];
        fixed (byte* start = buffer)
        fixed (byte* address = peer.Address)
        {
            var vector = new IoVector { Start = start, Length = (nuint)buffer.Length };
            var message = new MessageHeader
            {
                Name = address,
                NameLength = DatagramPeer.AddressSize,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = DatagramPeer.ControlSize,
            };
            var count = Native.Receive(socket, &message, Native.MSG_DONTWAIT);
            if (count < 0)
                return -1;
            if (
                message.ControlLength >= DatagramPeer.ControlHeader + DatagramPeer.InfoSize
                && ((int*)control)[2] == Native.IPPROTO_IPV6
                && ((int*)control)[3] == Native.IPV6_PKTINFO
            )
                new Span<byte>(control + DatagramPeer.ControlHeader, DatagramPeer.InfoSize).CopyTo(peer.Info);
            return (int)count;
        }
    }

    /// <summary>
    /// Sends a datagram back to where one came from, from the address that it was sent to. What does not fit into the queue is lost.
    /// </summary>
    public static void Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes, in DatagramPeer peer)
    {
        var control = stackalloc byte[DatagramPeer.ControlSize];
        *(nuint*)control = DatagramPeer.ControlHeader + DatagramPeer.InfoSize;
        ((int*)control)[2] = Native.IPPROTO_IPV6;
        ((int*)control)[3] = Native.IPV6_PKTINFO;
        peer.AnswerInfo.CopyTo(new Span<byte>(control + DatagramPeer.ControlHeader, DatagramPeer.InfoSize));
        fixed (byte* start = bytes)
        fixed (byte* address = peer.Address)
        {
            var vector = new IoVector { Start = start, Length = (nuint)bytes.Length };
            var message = new MessageHeader
            {
                Name = address,
                NameLength = DatagramPeer.AddressSize,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = DatagramPeer.ControlSize,
            };
            _ = Native.Send(socket, &message, Native.MSG_DONTWAIT | Native.MSG_NOSIGNAL);
        }
    }

    /// <summary>struct sockaddr_in or sockaddr_in6; returns its size.</summary>
    static uint Write(IPEndPoint endpoint, Span<byte> address)
    {
        address.Clear();
        var v6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        BitConverter.TryWriteBytes(address, (ushort)(v6 ? Native.AF_INET6 : Native.AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(address[(v6 ? 8 : 4)..], out _);
        return v6 ? 28u : 16u;
    }

    static void Set(SafeFileHandle socket, int level, int name, int value) =>
        _ = Native.SetOption(socket, level, name, &value, sizeof(int));
}
