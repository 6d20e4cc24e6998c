using System.Buffers.Binary;
using System.Text;

namespace Pier.Engine.Logs.Shipping;

/// <summary>The part of MessagePack (msgpack.org's specification) that fluentd's forward protocol needs.</summary>
sealed class MsgPackWriter
{
    readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public void Array(int count) => Head(count, 0x90, 0xdc);

    public void Map(int count) => Head(count, 0x80, 0xde);

    public void Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes as a string, as Go's encoder writes them; they may be no UTF-8.</summary>
    public void Text(ReadOnlySpan<byte> text)
    {
        if (text.Length < 32)
            _bytes.WriteByte((byte)(0xa0 | text.Length));
        else if (text.Length < 256)
            _bytes.Write([0xd9, (byte)text.Length]);
        else if (text.Length < 65536)
            Number(0xda, (ushort)text.Length);
        else
            Number(0xdb, (uint)text.Length);
        _bytes.Write(text);
    }

    public void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = 0xd3;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], value);
        _bytes.Write(bytes);
    }

    /// <summary>fluentd's EventTime: extension type 0 of 8 bytes, seconds and nanoseconds.</summary>
    public void EventTime(long nanoseconds)
    {
        Span<byte> bytes = stackalloc byte[10];
        bytes[0] = 0xd7;
        bytes[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)(nanoseconds / 1_000_000_000));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[6..], (uint)(nanoseconds % 1_000_000_000));
        _bytes.Write(bytes);
    }

    void Head(int count, byte small, byte large)
    {
        if (count < 16)
            _bytes.WriteByte((byte)(small | count));
        else
            Number(large, (ushort)count);
    }

    void Number(byte head, ushort value) => _bytes.Write([head, (byte)(value >> 8), (byte)value]);

    void Number(byte head, uint value) => _bytes.Write([head, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
