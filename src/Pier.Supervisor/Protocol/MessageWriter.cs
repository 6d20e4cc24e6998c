using System.Buffers.Binary;
using System.Text;
using Pier.Supervisor.Entries;

namespace Pier.Supervisor.Protocol;

/// <summary>Builds a message: little-endian numbers, length-prefixed UTF-8.</summary>
sealed class MessageWriter
{
    byte[] _bytes = new byte[256];

    public int Length { get; private set; }
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public MessageWriter Byte(byte value)
    {
        Grow(1)[0] = value;
        return this;
    }

    public MessageWriter Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public MessageWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Grow(4), value);
        return this;
    }

    public MessageWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Grow(8), value);
        return this;
    }

    public MessageWriter Text(string? value)
    {
        if (value is null)
            return Int(-1);
        var count = Encoding.UTF8.GetByteCount(value);
        Int(count);
        Encoding.UTF8.GetBytes(value, Grow(count));
        return this;
    }

    public MessageWriter Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Grow(value.Length));
        return this;
    }

    public MessageWriter Stdio(ProcessStdio stdio) =>
        Flag(stdio.Tty).Flag(stdio.OpenStdin).Flag(stdio.StdinOnce).Int(stdio.Rows).Int(stdio.Columns);

    /// <summary>None is 0, one without a cursor 1, one with a cursor 2.</summary>
    public MessageWriter Log(LogTarget? log)
    {
        if (log is null)
            return Byte(0);
        Byte(log.Cursor is null ? (byte)1 : (byte)2).Text(log.Path).Long(log.MaxSize).Int(log.MaxFile).Text(log.Attributes);
        return log.Cursor is null ? this : Text(log.Cursor);
    }

    public MessageWriter Exit(EntryExit? exit) =>
        exit is null ? Flag(false) : Flag(true).Int(exit.Code).Int(exit.Signal ?? 0).Long(exit.At.Ticks).Flag(exit.OutOfMemory);

    public MessageWriter Record(EntryRecord record) =>
        Text(record.Key).Int(record.Pid).Long(record.StartTicks).Long(record.LaunchedAt.Ticks).Stdio(record.Stdio).Log(record.Log);

    Span<byte> Grow(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
