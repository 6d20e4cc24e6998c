using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Files;

namespace Pier.Supervisor.Logs;

/// <summary>
/// A json-file log: name, name.1, name.2 ... up to the number of files asked for. It only knows offsets and files; what is in them is
/// the business of <see cref="LogWriter"/>.
/// </summary>
sealed class JsonLog : IDisposable
{
    /// <summary>Longer than any message.</summary>
    const int Block = 256 << 10;

    /// <summary>Least that is taken at once of output that may have to wait.</summary>
    const int LeastBatch = 4 << 10;

    /// <summary>0640 as dockerd makes them.</summary>
    const uint Mode = 0x1A0;

    readonly LogTarget _target;
    SafeFileHandle _file;

    public JsonLog(LogTarget target)
    {
        _target = target;
        _file = PlainFile.OpenOrCreate(target.Path, Mode);
        Inode = PlainFile.Inode(target.Path);
        Length = WholeSize();
        if (Length < PlainFile.Size(_file))
            PlainFile.Resize(_file, Length);
    }

    /// <summary>Inode of the current file.</summary>
    public ulong Inode { get; private set; }

    /// <summary>Bytes of the current file that count.</summary>
    public long Length { get; private set; }

    /// <summary>Raw JSON object of extra attributes of each line, or null.</summary>
    public string? Attributes => _target.Attributes;

    /// <summary>The current file has reached its size: as dockerd, checked before a message is written.</summary>
    public bool Full => _target.MaxSize > 0 && Length >= _target.MaxSize;

    /// <summary>How many bytes may be written before <see cref="Full"/> must be asked again.</summary>
    public long Room => _target.MaxSize > 0 ? Math.Max(0, _target.MaxSize - Length) : long.MaxValue;

    /// <summary>
    /// The next message needs a rotation, and that would take from the receiver what it has not got: output is to wait.
    /// </summary>
    public bool Held =>
        Full
        && _target.Cursor is { } path
        && ReceiverCursor.Read(path) is var reached
        && (
            _target.MaxFile == 1
                ? reached.Inode != Inode || reached.Offset < Length
                : Gap() == _target.MaxFile - 1 && File.Exists(Name(_target.MaxFile - 1)) && FileOf(reached) >= _target.MaxFile - 1
        );

    /// <summary>
    /// How much output is to be taken at once: what has been taken is written, also when the log is held in the middle of it.
    /// </summary>
    public int Batch => _target.Cursor is null ? Spool.MaxBatch : (int)Math.Clamp(Room / 8, LeastBatch, Spool.MaxBatch);

    /// <summary>
    /// Appends whole messages. On a full disk nothing of it stays, and the messages are lost: a container is never stopped by its log.
    /// </summary>
    public bool Append(ReadOnlySpan<byte> messages)
    {
        if (PlainFile.TryWriteAt(_file, messages, Length, out _))
        {
            Length += messages.Length;
            return true;
        }
        PlainFile.Resize(_file, Length);
        return false;
    }

    /// <summary>
    /// Goes back into a batch that was interrupted, to the end of the last message that is whole: a reader that follows may have read it
    /// already. Returns the number of whole messages. When the file is another than the batch's, the batch got past a rotation and
    /// nothing of it is in the new file yet.
    /// </summary>
    public int Rewind(ulong inode, long length)
    {
        (Length, var messages) =
            inode != Inode ? (0, 0)
            : length <= Length ? WholeMessages(length)
            : (Length, 0);
        PlainFile.Resize(_file, Length);
        return messages;
    }

    /// <summary>Whole messages from an offset, where one begins: the end of the last, and how many there are.</summary>
    (long End, int Messages) WholeMessages(long from)
    {
        var block = new byte[Block];
        var (at, end, messages) = (from, from, 0);
        while (PlainFile.ReadAt(_file, block, at) is > 0 and var read)
        {
            var bytes = block.AsSpan(0, read);
            messages += bytes.Count((byte)'\n');
            if (bytes.LastIndexOf((byte)'\n') is >= 0 and var last)
                end = at + last + 1;
            at += read;
        }
        return (end, messages);
    }

    /// <summary>The size without what a crash of the host cut off in the middle of a message: it would swallow the next one.</summary>
    long WholeSize()
    {
        var size = PlainFile.Size(_file);
        var block = new byte[(int)Math.Min(Block, size)];
        var read = PlainFile.ReadAt(_file, block, size - block.Length);
        if (read == 0 || block[read - 1] == '\n')
            return size;
        return size - block.Length + block.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
    }

    /// <summary>
    /// Begins a new file. Names move up from the first gap down, so that doing it again after a kill in the middle loses no file. A
    /// rotated file that the engine has compressed meanwhile gives its place to the compressed one: only this side renames numbers.
    /// </summary>
    public void Rotate()
    {
        var next = PlainFile.Create(_target.Path + ".new", Mode);
        // A plain file goes only when the receiver is in a newer plain one. So the cursor's file is always there, and its inode no other's.
        var reached = _target.Cursor is { } cursor ? FileOf(ReceiverCursor.Read(cursor)) : 0;
        for (var i = 1; i < _target.MaxFile; i++)
            if (i > reached)
                Adopt(i);
        for (var i = Gap(); i > 1; i--)
            Move(i - 1, i);
        if (_target.MaxFile > 1)
        {
            PlainFile.Remove(Compressed(1));
            PlainFile.Rename(_target.Path, Name(1));
        }
        // With a single file the new one takes the old one's name: a reader keeps the old file and sees that the name means another.
        PlainFile.Rename(_target.Path + ".new", _target.Path);
        _file.Dispose();
        _file = next;
        Inode = PlainFile.Inode(_target.Path);
        Length = 0;
    }

    /// <summary>The first number that no file has; the last one, whose file goes, when all have.</summary>
    int Gap()
    {
        var gap = 1;
        while (gap < _target.MaxFile - 1 && (File.Exists(Name(gap)) || File.Exists(Compressed(gap))))
            gap++;
        return gap;
    }

    /// <summary>The number of the plain file that the receiver has come to; beyond all numbers when it is in none.</summary>
    int FileOf(ReceiverCursor reached)
    {
        if (reached.Inode == 0)
            return int.MaxValue;
        for (var i = 0; i < _target.MaxFile; i++)
            if (PlainFile.Inode(Name(i)) == reached.Inode)
                return i;
        return int.MaxValue;
    }

    /// <summary>Puts the compressed form, if it is ready, in the place of a rotated file.</summary>
    void Adopt(int number)
    {
        var plain = Name(number);
        if (!File.Exists(plain))
            return;
        var ready = CompressedName.Of(_target.Path, PlainFile.Inode(plain), File.GetLastWriteTimeUtc(plain));
        if (PlainFile.Rename(ready, Compressed(number)) || File.Exists(Compressed(number)))
            PlainFile.Remove(plain);
    }

    void Move(int from, int to)
    {
        PlainFile.Remove(Compressed(to));
        if (!PlainFile.Rename(Name(from), Name(to)))
            PlainFile.Remove(Name(to));
        PlainFile.Rename(Compressed(from), Compressed(to));
    }

    string Compressed(int number) => Name(number) + ".gz";

    string Name(int number) => number == 0 ? _target.Path : _target.Path + "." + number.ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _file.Dispose();
}
