using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Entries;

/// <summary>
/// A tail word: which of a stream's two places holds the bytes of its unfinished line, and how many there are.
/// </summary>
static class TailWord
{
    public static int Length(long word) => (int)(word & 0xffff);

    public static int Place(long word) => (int)(word >> 16 & 1);

    public static long Make(int place, int length) => (long)place << 16 | (uint)length;
}

/// <summary>
/// The durable record of one process, a file on tmpfs: magic, exit (at 64), tail words (at 128), the record (at 256, length-prefixed),
/// tails (from 68 KiB, two places of 16 KiB for each of two streams; holes until used). Each change is one write within one page, so a
/// SIGKILL
/// leaves it done or undone; the file gets its name when the record is complete.
/// </summary>
sealed class EntryFile : IDisposable
{
    const uint Magic = 0x31524550;
    const int ExitAt = 64,
        ExitSize = 32,
        TailsAt = 128,
        RecordAt = 256,
        TailBytesAt = 68 << 10,
        RecordSize = TailBytesAt - RecordAt - 4,
        TailSize = 16 << 10;

    readonly SafeFileHandle _file;
    readonly long[] _tails = new long[2];
    readonly byte[]?[] _unwritten = new byte[]?[2];

    EntryFile(SafeFileHandle file, EntryRecord record)
    {
        _file = file;
        Record = record;
    }

    public EntryRecord Record { get; }
    public long Id => Record.Id;

    /// <summary>Writes a new record. The exec root full or the record too large: <see cref="Pier.Linux.LinuxException"/>.</summary>
    public static EntryFile Create(StateDirectory state, EntryRecord record)
    {
        var writer = new MessageWriter();
        writer.Record(record);
        if (writer.Length > RecordSize)
            throw new Pier.Linux.LinuxException("record", Pier.Linux.Errno.EMSGSIZE, record.Key);
        var path = state.Entry(record.Id);
        var file = PlainFile.Create(path + ".new");
        var page = new byte[RecordAt + 4 + writer.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(page, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(RecordAt), writer.Length);
        writer.Written.CopyTo(page.AsSpan(RecordAt + 4));
        PlainFile.WriteAt(file, page, 0);
        PlainFile.Rename(path + ".new", path);
        return new EntryFile(file, record);
    }

    /// <summary>Opens a record; null when there is none or it is not whole.</summary>
    public static EntryFile? Open(StateDirectory state, long id)
    {
        if (!File.Exists(state.Entry(id)))
            return null;
        var file = PlainFile.OpenExisting(state.Entry(id));
        var page = new byte[TailBytesAt];
        var read = PlainFile.ReadAt(file, page, 0);
        var length = read >= RecordAt + 4 ? BinaryPrimitives.ReadInt32LittleEndian(page.AsSpan(RecordAt)) : -1;
        if (BinaryPrimitives.ReadUInt32LittleEndian(page) != Magic || length < 0 || RecordAt + 4 + length > read)
        {
            file.Dispose();
            return null;
        }
        var entry = new EntryFile(file, new MessageReader(page.AsSpan(RecordAt + 4, length)).Record(id));
        for (var i = 0; i < 2; i++)
            entry._tails[i] = BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(TailsAt + 8 * i));
        return entry;
    }

    /// <summary>How the process ended, or null.</summary>
    public EntryExit? Exit()
    {
        Span<byte> cell = stackalloc byte[ExitSize];
        if (PlainFile.ReadAt(_file, cell, ExitAt) < ExitSize || cell[0] == 0)
            return null;
        var signal = BinaryPrimitives.ReadInt32LittleEndian(cell[8..]);
        return new EntryExit(
            BinaryPrimitives.ReadInt32LittleEndian(cell[4..]),
            signal == 0 ? null : signal,
            new DateTime(BinaryPrimitives.ReadInt64LittleEndian(cell[16..]), DateTimeKind.Utc),
            cell[1] != 0
        );
    }

    /// <summary>Records the end, before anyone is told; the first record stays.</summary>
    public void SetExit(EntryExit exit)
    {
        if (Exit() is not null)
            return;
        Span<byte> cell = stackalloc byte[ExitSize];
        cell.Clear();
        cell[0] = 1;
        cell[1] = exit.OutOfMemory ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(cell[4..], exit.Code);
        BinaryPrimitives.WriteInt32LittleEndian(cell[8..], exit.Signal ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(cell[16..], exit.At.Ticks);
        PlainFile.WriteAt(_file, cell, ExitAt);
    }

    /// <summary>A stream's tail word (see <see cref="TailWord"/>).</summary>
    public long Tail(int stream) => _tails[stream];

    /// <summary>Sets a tail word.</summary>
    public void SetTail(int stream, long word)
    {
        if (_tails[stream] == word)
            return;
        _tails[stream] = word;
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, word);
        PlainFile.WriteAt(_file, bytes, TailsAt + 8 * stream);
    }

    /// <summary>True when a stream has an unfinished line.</summary>
    public bool HasTail(int stream) => TailWord.Length(_tails[stream]) > 0 || _unwritten[stream] is not null;

    /// <summary>Reads the unfinished line; returns its length.</summary>
    public int ReadTail(int stream, Span<byte> bytes)
    {
        if (_unwritten[stream] is { } kept)
        {
            kept.CopyTo(bytes);
            return kept.Length;
        }
        var word = _tails[stream];
        var length = TailWord.Length(word);
        return length == 0 ? 0 : PlainFile.ReadAt(_file, bytes[..length], TailOffset(stream, TailWord.Place(word)));
    }

    /// <summary>
    /// Replaces the unfinished line, in the other place than the one in use: the old one stays until the word is set. When the exec root
    /// is full the line is kept in memory.
    /// </summary>
    public void WriteTail(int stream, ReadOnlySpan<byte> bytes)
    {
        var place = TailWord.Place(_tails[stream]);
        _unwritten[stream] = null;
        if (!bytes.IsEmpty)
        {
            place ^= 1;
            if (!PlainFile.TryWriteAt(_file, bytes, TailOffset(stream, place), out _))
                _unwritten[stream] = bytes.ToArray();
        }
        SetTail(stream, TailWord.Make(place, _unwritten[stream] is null ? bytes.Length : 0));
    }

    static long TailOffset(int stream, int place) => TailBytesAt + (stream * 2 + place) * TailSize;

    public void Dispose() => _file.Dispose();
}
