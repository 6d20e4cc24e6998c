using System.Buffers.Binary;
using System.Text;

namespace Pier.Linux.Netlink;

/// <summary>One received message: nlmsghdr and what follows it.</summary>
public readonly ref struct NetlinkMessage(ReadOnlySpan<byte> bytes)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;

    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[4..]);

    public ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[6..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[8..]);

    /// <summary>Everything after the netlink header.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[NetlinkConstants.HeaderLength..];

    /// <summary>The attributes after a family header of some bytes.</summary>
    public NetlinkAttributes Attributes(int familyHeader) => new(Payload[Math.Min(familyHeader, Payload.Length)..]);

    /// <summary>Takes the first message off a datagram; false at its end. A malformed length ends the datagram.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> datagram, out NetlinkMessage message)
    {
        message = default;
        if (datagram.Length < NetlinkConstants.HeaderLength)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(datagram);
        if (length < NetlinkConstants.HeaderLength || length > datagram.Length)
            return false;
        message = new NetlinkMessage(datagram[..length]);
        datagram = datagram[Math.Min((length + 3) & ~3, datagram.Length)..];
        return true;
    }
}

/// <summary>A run of attributes (struct nlattr): enumerable, with lookups for the common shapes. Malformed lengths end it.</summary>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Type of the current attribute, without flag bits.</summary>
    public ushort Type { get; private set; }

    /// <summary>Value of the current attribute.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Steps to the next attribute.</summary>
    public bool Next()
    {
        if (_rest.Length < NetlinkConstants.AttributeHeaderLength)
            return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < NetlinkConstants.AttributeHeaderLength || length > _rest.Length)
            return false;
        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & NetlinkConstants.NLA_TYPE_MASK);
        Value = _rest[NetlinkConstants.AttributeHeaderLength..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>The value of the first attribute of a type from here on, or an empty span.</summary>
    public readonly ReadOnlySpan<byte> Find(ushort type)
    {
        var copy = this;
        while (copy.Next())
            if (copy.Type == type)
                return copy.Value;
        return default;
    }

    /// <summary>A 32-bit number in host order, or null.</summary>
    public readonly uint? Number(ushort type) =>
        Find(type) is { Length: >= 4 } value ? BinaryPrimitives.ReadUInt32LittleEndian(value) : null;

    /// <summary>A string without its NUL, or null.</summary>
    public readonly string? Text(ushort type) =>
        Find(type) is { Length: > 0 } value ? Encoding.UTF8.GetString(value.TrimEnd((byte)0)) : null;

    /// <summary>The attributes inside an attribute; none when it is absent.</summary>
    public readonly NetlinkAttributes Nested(ushort type) => new(Find(type));
}
