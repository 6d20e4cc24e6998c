using Pier.Supervisor.Entries;

namespace Pier.Supervisor.Logs;

/// <summary>
/// Turns raw output into messages of a log, exactly once across kills. Every batch can be done again from the journal: the spool and
/// the old tail are still there, and messages of it that are whole in the log are passed over. One writer serves all entries of the loop
/// thread.
/// </summary>
sealed class LogWriter(Journal journal, Spool spool)
{
    const int BufferSize = 512 << 10,
        MaxSuffix = 64 << 10,
        MaxLine = 6 * JsonLineEncoder.MaxMessage + JsonLineEncoder.Overhead;

    /// <summary>The place of a message that has the batch's tail in it.</summary>
    const long WholeBatch = -1;

    static readonly string[] StreamNames = ["stdout", "stderr"];

    readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize + MaxLine + MaxSuffix);
    readonly byte[] _suffix = new byte[MaxSuffix];
    readonly byte[] _tail = new byte[JsonLineEncoder.MaxMessage];
    int _buffered,
        _limit,
        _tailLength,
        _suffixLength,
        _kept;
    Batch _batch;

    /// <summary>Marks a batch as begun: belongs before the spool takes bytes from the stream's pipe.</summary>
    public void Begin(JsonLog log, EntryFile entry, int stream)
    {
        _batch = new Batch(entry.Id, stream, entry.Tail(stream), log.Inode, log.Length, 0);
        journal.Set(_batch);
    }

    /// <summary>The spool took nothing after <see cref="Begin"/>.</summary>
    public void Abandon() => journal.Clear();

    /// <summary>Writes the batch's bytes to the log and commits.</summary>
    public void Copy(JsonLog log, EntryFile entry, DateTime now)
    {
        Messages(log, entry, spool.From(0), now);
        Commit();
    }

    /// <summary>A stream has ended: an unfinished line becomes a message without newline, as Docker's.</summary>
    public void Flush(JsonLog log, EntryFile entry, int stream, DateTime now)
    {
        if (!entry.HasTail(stream))
            return;
        Begin(log, entry, stream);
        Open(log, entry, now);
        var length = _tailLength;
        _tailLength = 0;
        Message(log, _tail.AsSpan(0, length), WholeBatch);
        Close(log, entry);
        Commit();
    }

    /// <summary>
    /// Does the batch again that a killed predecessor left. Null for log or entry: they are gone, and the batch with them.
    /// </summary>
    public void Recover(JsonLog? log, EntryFile? entry, DateTime now)
    {
        if (journal.Current is not { } batch)
        {
            spool.Clear();
            return;
        }
        if (log is not null && entry is not null)
        {
            _batch = batch;
            _kept = log.Rewind(batch.LogInode, batch.LogOffset);
            entry.SetTail((int)batch.Stream, batch.Tail);
            if (spool.Length > batch.SpoolStart)
                Messages(log, entry, spool.From(batch.SpoolStart), now);
            // Nothing was spooled: the batch was the unfinished line at the stream's end, and is in the log when a message is.
            else if (_kept > 0)
                entry.WriteTail((int)batch.Stream, []);
            _kept = 0;
        }
        Commit();
    }

    void Commit()
    {
        journal.Clear();
        spool.Clear();
    }

    void Messages(JsonLog log, EntryFile entry, ReadOnlySpan<byte> bytes, DateTime now)
    {
        Open(log, entry, now);
        var rest = bytes;
        var start = _batch.SpoolStart;
        while (!rest.IsEmpty)
        {
            var at = start + bytes.Length - rest.Length;
            if (_tailLength == 0 && PlainMessage(log, rest, at) is > 0 and var length)
            {
                rest = rest[length..];
                continue;
            }
            var newline = rest.IndexOf((byte)'\n');
            var text = newline < 0 ? rest.Length : newline;
            var room = JsonLineEncoder.MaxMessage - _tailLength;
            if (text < room && newline < 0)
            {
                rest.CopyTo(_tail.AsSpan(_tailLength));
                _tailLength += rest.Length;
                break;
            }
            // A line too long for one message is split as soon as a message is full; the newline goes with the last part.
            var taken = text >= room ? room : text + 1;
            Part(log, rest[..taken], at);
            rest = rest[taken..];
        }
        Close(log, entry);
    }

    void Open(JsonLog log, EntryFile entry, DateTime now)
    {
        _suffixLength = JsonLineEncoder.Suffix(StreamNames[_batch.Stream], log.Attributes, now, _suffix);
        _buffered = 0;
        _limit = Limit(log);
        _tailLength = entry.ReadTail((int)_batch.Stream, _tail);
    }

    void Close(JsonLog log, EntryFile entry)
    {
        Write(log);
        entry.WriteTail((int)_batch.Stream, _tail.AsSpan(0, _tailLength));
    }

    /// <summary>A message made of the tail, if there is one, and the bytes at a place of the spool.</summary>
    void Part(JsonLog log, ReadOnlySpan<byte> bytes, long at)
    {
        if (_tailLength == 0)
        {
            Message(log, bytes, at);
            return;
        }
        // Only the first message of a batch has a tail before it: nothing of the batch is written yet.
        Span<byte> joined = stackalloc byte[JsonLineEncoder.MaxMessage];
        _tail.AsSpan(0, _tailLength).CopyTo(joined);
        bytes.CopyTo(joined[_tailLength..]);
        var length = _tailLength + bytes.Length;
        _tailLength = 0;
        Message(log, joined[..length], WholeBatch);
    }

    void Message(JsonLog log, ReadOnlySpan<byte> text, long at)
    {
        if (Due(log, at))
            _buffered += JsonLineEncoder.Write(text, _suffix.AsSpan(0, _suffixLength), _buffer.AsSpan(_buffered));
    }

    /// <summary>A message of the first line, if that has nothing to be escaped: most have not. Returns the line's length, or 0.</summary>
    int PlainMessage(JsonLog log, ReadOnlySpan<byte> bytes, long at)
    {
        var place = _buffered;
        var suffix = _suffix.AsSpan(0, _suffixLength);
        var length = JsonLineEncoder.WritePlainLine(bytes, suffix, _buffer.AsSpan(place), out var taken);
        if (length == 0 || !Due(log, at))
            return taken;
        if (_buffered != place)
            _buffer.AsSpan(place, length).CopyTo(_buffer.AsSpan(_buffered));
        _buffered += length;
        return taken;
    }

    /// <summary>
    /// Makes room for a message, the one at a place of the spool; the rest of the batch begins there, should the log be rotated before it.
    /// False for one that was written before a kill, and perhaps read since: it stays as it is.
    /// </summary>
    bool Due(JsonLog log, long at)
    {
        if (_kept > 0)
        {
            _kept--;
            return false;
        }
        if (_buffered < _limit)
            return true;
        Write(log);
        // What has been taken from a process is written, if need be beyond the file's size.
        var held = log.Held;
        if (log.Full && !held)
            Rotate(log, at == WholeBatch ? _batch : _batch with { Tail = 0, SpoolStart = at });
        _limit = held ? BufferSize : Limit(log);
        return true;
    }

    static int Limit(JsonLog log) => (int)Math.Min(log.Room, BufferSize);

    void Write(JsonLog log)
    {
        if (_buffered > 0)
            log.Append(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    // What is written stays behind in the old file, so the journal moves past it before the names change. A successor that finds another
    // inode than the journal's knows that the rotation was done.
    void Rotate(JsonLog log, Batch rest)
    {
        journal.Set(rest with { LogInode = log.Inode, LogOffset = log.Length });
        log.Rotate();
        _batch = rest with { LogInode = log.Inode, LogOffset = log.Length };
        journal.Set(_batch);
    }
}
