using System.Buffers.Binary;
using System.Text;

namespace Pier.CompatTests.Logs;

/// <summary>Reads what fluentd reads; written from the format's specification, not from the engine's writer.</summary>
static class MsgPack
{
    public static object? Read(ReadOnlySpan<byte> bytes) => Value(ref bytes);

    static object? Value(ref ReadOnlySpan<byte> rest)
    {
        var head = Take(ref rest, 1)[0];
        switch (head)
        {
            case <= 0x7f:
                return (long)head;
            case <= 0x8f:
                return Map(ref rest, head & 15);
            case <= 0x9f:
                return Array(ref rest, head & 15);
            case <= 0xbf:
                return Encoding.UTF8.GetString(Take(ref rest, head & 31));
            case 0xd3:
                return BinaryPrimitives.ReadInt64BigEndian(Take(ref rest, 8));
            case 0xd7:
                return Convert.ToHexString(Take(ref rest, 9));
            case 0xd9:
                return Encoding.UTF8.GetString(Take(ref rest, Take(ref rest, 1)[0]));
            case 0xda:
                return Encoding.UTF8.GetString(Take(ref rest, BinaryPrimitives.ReadUInt16BigEndian(Take(ref rest, 2))));
            case 0xdc:
                return Array(ref rest, BinaryPrimitives.ReadUInt16BigEndian(Take(ref rest, 2)));
            case 0xde:
                return Map(ref rest, BinaryPrimitives.ReadUInt16BigEndian(Take(ref rest, 2)));
            default:
                throw new InvalidDataException($"0x{head:x2}");
        }
    }

    static object?[] Array(ref ReadOnlySpan<byte> rest, int count)
    {
        var values = new object?[count];
        for (var i = 0; i < count; i++)
            values[i] = Value(ref rest);
        return values;
    }

    static Dictionary<string, object?> Map(ref ReadOnlySpan<byte> rest, int count)
    {
        var values = new Dictionary<string, object?>();
        for (var i = 0; i < count; i++)
        {
            var key = (string)Value(ref rest)!;
            values[key] = Value(ref rest);
        }
        return values;
    }

    static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
