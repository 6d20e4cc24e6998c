using System.Buffers.Binary;
using System.Text;

namespace Pier.Linux.Netlink;

/// <summary>
/// Writes a batch of netlink messages into one bounded buffer: header, family header, attributes (man 7 netlink: all aligned to
/// 4 bytes, in host order). One <see cref="NetlinkSocket.Execute"/> sends the whole batch.
/// </summary>
public sealed class NetlinkWriter
{
    /// <summary>Bytes of a batch; a batch that would be longer throws, it is never cut.</summary>
    public const int Capacity = 1 << 20;

    readonly List<(uint Sequence, int Offset, string Call, string? Subject)> _messages = [];
    readonly Stack<int> _nested = new();
    byte[] _buffer = new byte[1024];
    int _length,
        _message = -1,
        _answered = -1;
    uint _sequence;

    /// <summary>The bytes of the finished messages.</summary>
    public ReadOnlySpan<byte> Written =>
        _message < 0 ? _buffer.AsSpan(0, _length) : throw new InvalidOperationException("the last message has no end");

    /// <summary>Number of messages since <see cref="Clear"/>.</summary>
    public int Count => _messages.Count;

    /// <summary>Starts a message.</summary>
    /// <param name="type">nlmsg_type.</param>
    /// <param name="flags">nlmsg_flags; Request is added.</param>
    /// <param name="call">Name for errors, for example "RTM_NEWLINK".</param>
    /// <param name="subject">What it is about, for errors.</param>
    /// <param name="answered">False for messages that the kernel never acknowledges (the frame of an nftables batch).</param>
    public NetlinkWriter Begin(ushort type, NetlinkFlags flags, string call, string? subject = null, bool answered = true)
    {
        if (_message >= 0)
            throw new InvalidOperationException("the message before has no end");
        _message = _length;
        var header = Reserve(NetlinkConstants.HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)(flags | NetlinkFlags.Request));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], ++_sequence);
        if (answered)
            _answered = _messages.Count;
        _messages.Add((_sequence, _message, call, subject));
        return this;
    }

    /// <summary>Ends the message: fills in its length.</summary>
    public NetlinkWriter End()
    {
        if (_message < 0 || _nested.Count > 0)
            throw new InvalidOperationException("no message to end, or an attribute is open");
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_message), _length - _message);
        _message = -1;
        return this;
    }

    /// <summary>Bytes as they are, padded to 4: the family's header.</summary>
    public NetlinkWriter Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        return this;
    }

    /// <summary>An attribute with a value of bytes.</summary>
    public NetlinkWriter Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var length = NetlinkConstants.AttributeHeaderLength + value.Length;
        if (length > ushort.MaxValue)
            throw new ArgumentException("a netlink attribute has at most 64 KiB");
        var target = Reserve(length);
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], type);
        value.CopyTo(target[NetlinkConstants.AttributeHeaderLength..]);
        return this;
    }

    /// <summary>An attribute with a NUL-terminated string.</summary>
    public NetlinkWriter Text(ushort type, string value)
    {
        if (value.Contains('\0'))
            throw new ArgumentException("a netlink string contains a NUL byte");
        Span<byte> bytes = stackalloc byte[256];
        return Attribute(type, bytes[..(Encoding.UTF8.GetBytes(value, bytes) + 1)]);
    }

    /// <summary>An attribute with a 32-bit number in host order (rtnetlink).</summary>
    public NetlinkWriter Number(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Attribute(type, bytes);
    }

    /// <summary>An attribute with a 32-bit number in network order (nfnetlink).</summary>
    public NetlinkWriter BigEndian(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Attribute(type, bytes);
    }

    /// <summary>Opens an attribute whose value is attributes, until <see cref="Close"/>.</summary>
    public NetlinkWriter Open(ushort type)
    {
        _nested.Push(_length);
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(NetlinkConstants.AttributeHeaderLength)[2..], type);
        return this;
    }

    /// <summary>Closes the attribute opened last.</summary>
    public NetlinkWriter Close()
    {
        var start = _nested.Pop();
        if (_length - start > ushort.MaxValue)
            throw new InvalidOperationException("a netlink attribute has at most 64 KiB");
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(start), (ushort)(_length - start));
        return this;
    }

    /// <summary>Forgets all messages; sequence numbers go on, so that a late answer is never taken for a new one.</summary>
    public void Clear()
    {
        (_length, _message, _answered) = (0, -1, -1);
        _messages.Clear();
        _nested.Clear();
    }

    /// <summary>
    /// Asks for an acknowledgement of the last message only. The kernel handles a batch in order and reports errors in any case, so
    /// that the last answer stands for all of them at the price of one recv.
    /// </summary>
    internal uint AcknowledgeLast()
    {
        var (sequence, offset, _, _) = _messages[_answered];
        _buffer[offset + 6] |= (byte)NetlinkFlags.Acknowledge;
        return sequence;
    }

    internal uint FirstSequence => _messages[0].Sequence;

    /// <summary>The message that a sequence number belongs to, or null.</summary>
    internal (string Call, string? Subject)? Find(uint sequence)
    {
        foreach (var message in _messages)
            if (message.Sequence == sequence)
                return (message.Call, message.Subject);
        return null;
    }

    Span<byte> Reserve(int length)
    {
        var aligned = Align(length);
        if (_length + aligned > Capacity)
            throw new InvalidOperationException($"a netlink batch has at most {Capacity} bytes");
        if (_length + aligned > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + aligned));
        var span = _buffer.AsSpan(_length, aligned);
        span.Clear();
        _length += aligned;
        return span;
    }

    static int Align(int length) => (length + 3) & ~3;
}
