using System.Buffers.Binary;
using System.Text;
using Pier.Supervisor.Entries;

namespace Pier.Supervisor.Protocol;

/// <summary>Reads a message; anything out of bounds is an <see cref="InvalidDataException"/>.</summary>
ref struct MessageReader(ReadOnlySpan<byte> message)
{
    ReadOnlySpan<byte> _rest = message;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() != 0;

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string? TextOrNull()
    {
        var length = Int();
        return length == -1 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public string Text() => TextOrNull() ?? throw new InvalidDataException("message: text is missing");

    public ReadOnlySpan<byte> Bytes() => Take(Int());

    public ProcessStdio Stdio() => new(Flag(), Flag(), Flag(), Int(), Int());

    public LogTarget? Log() =>
        Byte() switch
        {
            0 => null,
            1 => new LogTarget(Text(), Long(), Int(), TextOrNull()),
            _ => new LogTarget(Text(), Long(), Int(), TextOrNull(), Text()),
        };

    public EntryExit? Exit()
    {
        if (!Flag())
            return null;
        var (code, signal, ticks, oom) = (Int(), Int(), Long(), Flag());
        return new EntryExit(code, signal == 0 ? null : signal, Moment(ticks), oom);
    }

    public EntryRecord Record(long id)
    {
        var (key, pid, start, launched) = (Text(), Int(), Long(), Long());
        return new EntryRecord(id, key, pid, start, Moment(launched), Stdio(), Log());
    }

    static DateTime Moment(long ticks) =>
        ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTime(ticks, DateTimeKind.Utc)
            : throw new InvalidDataException("message: bad time");

    ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
            throw new InvalidDataException("message: cut short");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
