using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;

namespace Pier.Supervisor.Logs;

/// <summary>
/// A json-file log: name, name.1, name.2 ... up to the number of files asked for. It only knows offsets and files; what is in them is
/// the business of <see cref="LogWriter"/>.
/// </summary>
sealed class JsonLog : IDisposable
{
    readonly LogTarget _target;
    SafeFileHandle _file;

    public JsonLog(LogTarget target)
    {
        _target = target;
        _file = PlainFile.OpenOrCreate(target.Path, 0x1A0); // 0640 as dockerd makes them
        Inode = PlainFile.Inode(target.Path);
        Length = PlainFile.Size(_file);
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
    /// Goes back to where a batch began. When the file is another than the batch's, the batch got past a rotation and nothing of it is in
    /// the new file yet.
    /// </summary>
    public void Rewind(ulong inode, long length)
    {
        Length = inode == Inode ? Math.Min(length, Length) : 0;
        PlainFile.Resize(_file, Length);
    }

    /// <summary>
    /// Begins a new file. Names move up from the first gap down, so that doing it again after a kill in the middle loses no file.
    /// </summary>
    public void Rotate()
    {
        if (_target.MaxFile <= 1)
        {
            PlainFile.Resize(_file, 0);
            Length = 0;
            return;
        }
        var gap = 1;
        while (gap < _target.MaxFile - 1 && File.Exists(Name(gap))) gap++;
        for (var i = gap; i > 0; i--) PlainFile.Rename(Name(i - 1), Name(i));
        var next = PlainFile.OpenOrCreate(_target.Path, 0x1A0);
        _file.Dispose();
        _file = next;
        Inode = PlainFile.Inode(_target.Path);
        Length = 0;
    }

    string Name(int number) => number == 0 ? _target.Path : _target.Path + "." + number.ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _file.Dispose();
}
