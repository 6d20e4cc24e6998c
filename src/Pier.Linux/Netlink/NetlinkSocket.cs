using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Netlink;

/// <summary>
/// A netlink socket. It belongs to the network namespace of the thread that opened it, for ever: a thread elsewhere configures that
/// namespace through it. Not thread-safe: its owner serializes.
/// </summary>
public sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>Longest datagram that the kernel sends in a dump (netlink_dump: at most 32 KiB).</summary>
    const int ReceiveSize = 1 << 15;

    readonly SafeFileHandle _socket;
    byte[]? _received;

    NetlinkSocket(SafeFileHandle socket) => _socket = socket;

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    public static NetlinkSocket Open(NetlinkProtocol protocol)
    {
        var fd = NetlinkNative.Socket(NetlinkNative.AF_NETLINK, NetlinkNative.SOCK_RAW | NetlinkNative.SOCK_CLOEXEC, (int)protocol);
        if (fd < 0)
            throw new LinuxException("socket", Marshal.GetLastPInvokeError(), $"AF_NETLINK {protocol}");
        var socket = new NetlinkSocket(new SafeFileHandle(fd, ownsHandle: true));
        // Answers carry the kernel's own words and only the header of what they answer to.
        socket.Set(NetlinkNative.SOL_NETLINK, NetlinkNative.NETLINK_EXT_ACK, 1);
        socket.Set(NetlinkNative.SOL_NETLINK, NetlinkNative.NETLINK_CAP_ACK, 1);
        return socket;
    }

    /// <summary>
    /// Opens a socket that hears of changes: of one multicast group, for <see cref="TryHear"/>. As <see cref="Open"/> otherwise.
    /// </summary>
    public static NetlinkSocket Subscribe(NetlinkProtocol protocol, int group)
    {
        var socket = Open(protocol);
        // struct sockaddr_nl: family, padding, port id (the kernel's choice), groups as bits.
        var address = stackalloc uint[3] { NetlinkNative.AF_NETLINK, 0, 1u << (group - 1) };
        if (NetlinkNative.Bind(socket._socket, address, 3 * sizeof(uint)) == 0)
            return socket;
        var errno = Marshal.GetLastPInvokeError();
        socket.Dispose();
        throw new LinuxException("bind", errno, $"netlink group {group}");
    }

    /// <summary>Readable when there is something to hear.</summary>
    public SafeFileHandle Handle => _socket;

    /// <summary>Hands everything that was heard to a handler, without waiting; false when something got lost (ENOBUFS).</summary>
    public bool TryHear(MessageHandler handler)
    {
        try
        {
            while (Receive(NetlinkNative.MSG_DONTWAIT, out var datagram))
            while (NetlinkMessage.TryTake(ref datagram, out var message))
                handler(message);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOBUFS)
        {
            return false;
        }
    }

    /// <summary>Room for large batches, beyond the limit for ordinary users (SO_SNDBUFFORCE needs CAP_NET_ADMIN).</summary>
    public void SetSendBuffer(int bytes) => Set(NetlinkNative.SOL_SOCKET, NetlinkNative.SO_SNDBUFFORCE, bytes);

    /// <summary>
    /// Whether the kernel takes every field of a dump's header as a filter (Linux 4.20; kernels before look at none of them).
    /// </summary>
    public void SetStrict(bool strict)
    {
        var value = strict ? 1 : 0;
        _ = NetlinkNative.SetSocketOption(_socket, NetlinkNative.SOL_NETLINK, NetlinkNative.NETLINK_GET_STRICT_CHK, &value, sizeof(int));
    }

    /// <summary>
    /// Sends the batch and waits until the kernel has done all of it; clears the batch. Throws <see cref="LinuxException"/> for the first
    /// message that failed (later ones of an rtnetlink batch are still done, an nftables batch is all or nothing).
    /// </summary>
    public void Execute(NetlinkWriter batch)
    {
        if (TryExecute(batch) is { } failure)
            throw failure;
    }

    /// <summary>As <see cref="Execute"/>, but returns the failure.</summary>
    public LinuxException? TryExecute(NetlinkWriter batch)
    {
        if (batch.Count == 0)
            return null;
        try
        {
            var last = batch.AcknowledgeLast();
            Send(batch.Written);
            LinuxException? failure = null;
            // The kernel works inside send: when it returns, every answer is in the queue already (man 7 netlink), none has to be awaited.
            while (Receive(NetlinkNative.MSG_DONTWAIT, out var datagram))
            {
                while (NetlinkMessage.TryTake(ref datagram, out var message))
                {
                    if (message.Type != NetlinkConstants.NLMSG_ERROR || batch.Find(message.Sequence) is null)
                        continue;
                    failure ??= Failure(message, batch);
                    if (message.Sequence == last)
                        return failure;
                }
            }

            return failure ?? new LinuxException("recv", Errno.EAGAIN, "netlink: no acknowledgement");
        }
        finally
        {
            batch.Clear();
        }
    }

    /// <summary>What a message of a dump is handed to.</summary>
    public delegate void MessageHandler(NetlinkMessage message);

    /// <summary>
    /// Sends one request and hands every answer to a handler: those of a dump until NLMSG_DONE, or the one of a plain request.
    /// </summary>
    public void Query(NetlinkWriter request, MessageHandler handler, bool single = false)
    {
        if (TryQuery(request, handler, single) is { } failure)
            throw failure;
    }

    /// <summary>As <see cref="Query"/>, but returns the kernel's refusal.</summary>
    public LinuxException? TryQuery(NetlinkWriter request, MessageHandler handler, bool single = false)
    {
        try
        {
            var sequence = request.FirstSequence;
            Send(request.Written);
            while (Receive(0, out var datagram))
            {
                while (NetlinkMessage.TryTake(ref datagram, out var message))
                {
                    if (message.Sequence != sequence)
                        continue;
                    if (message.Type == NetlinkConstants.NLMSG_DONE)
                        return null;
                    if (message.Type == NetlinkConstants.NLMSG_ERROR)
                        return Failure(message, request);

                    handler(message);
                    if (single)
                        return null;
                }
            }

            return null;
        }
        finally
        {
            request.Clear();
        }
    }

    public void Dispose() => _socket.Dispose();

    static LinuxException? Failure(NetlinkMessage message, NetlinkWriter batch)
    {
        var errno = -BinaryPrimitives.ReadInt32LittleEndian(message.Payload);
        if (errno == 0)
            return null;
        var (call, subject) = batch.Find(message.Sequence) ?? ("netlink", null);
        string? words = null;
        if ((message.Flags & NetlinkConstants.NLM_F_ACK_TLVS) != 0)
        {
            // nlmsgerr: errno and the request's header; attributes come after it, because NETLINK_CAP_ACK leaves the rest out.
            words = message.Attributes(4 + NetlinkConstants.HeaderLength).Text(NetlinkConstants.NLMSGERR_ATTR_MSG);
        }

        return new LinuxException(call, errno, words is null ? subject : $"{subject} ({words})");
    }

    void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (NetlinkNative.Send(_socket, start, (nuint)bytes.Length, 0) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    throw new LinuxException("send", errno, "netlink");
            }
        }
    }

    bool Receive(int flags, out ReadOnlySpan<byte> datagram)
    {
        _received ??= new byte[ReceiveSize];
        fixed (byte* start = _received)
        {
            while (true)
            {
                var length = NetlinkNative.Receive(_socket, start, ReceiveSize, NetlinkNative.MSG_TRUNC | flags);
                datagram = _received.AsSpan(0, (int)Math.Clamp(length, 0, ReceiveSize));
                if (length > ReceiveSize)
                    throw new LinuxException("recv", Errno.EMSGSIZE, "netlink");
                if (length >= 0)
                    return true;
                var errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EAGAIN && flags != 0)
                    return false;
                if (errno != Errno.EINTR)
                    throw new LinuxException("recv", errno, "netlink");
            }
        }
    }

    void Set(int level, int name, int value)
    {
        if (NetlinkNative.SetSocketOption(_socket, level, name, &value, sizeof(int)) < 0)
            throw new LinuxException("setsockopt", Marshal.GetLastPInvokeError(), $"netlink {name}");
    }
}
