using Pier.Engine.Containers;
using Pier.Store.Logs;

namespace Pier.Engine.Logs;

/// <summary>
/// A block of a log file and the lines in it that a query asks for. A line is only given when its newline is there; what is behind the
/// last one waits for the next <see cref="Fill"/>.
/// </summary>
public sealed class LogPage
{
    const int BlockSize = 512 * 1024;

    readonly LogLineParser _parser = new();
    readonly LogsQuery _query;
    readonly bool _filters;
    byte[] _block = new byte[BlockSize];
    int _start,
        _end,
        _whole,
        _last;

    internal LogPage(LogsQuery query)
    {
        _query = query;
        _filters = query.SinceNanoseconds > 0 || query.UntilNanoseconds > 0 || !query.Stdout || !query.Stderr;
    }

    /// <summary>A line later than the query's end was met: nothing more is wanted.</summary>
    internal bool PastUntil { get; private set; }

    /// <summary>The file that the page is from.</summary>
    internal ulong Inode { get; private set; }

    /// <summary>Where in the file the next line begins.</summary>
    internal long Offset { get; private set; }

    /// <summary>When the last line was written.</summary>
    internal long LastTime { get; private set; }

    /// <summary>The next line that is asked for; false at the page's end.</summary>
    public bool Next(out LogLine line)
    {
        while (_start < _whole && !PastUntil)
        {
            var length = _block.AsSpan(_start, _whole - _start).IndexOf((byte)'\n');
            var bytes = _block.AsSpan(_start, length);
            _last = _start;
            _start += length + 1;
            Offset += length + 1;
            if (!_parser.TryParse(bytes, out line))
                continue;
            LastTime = line.TimeNanoseconds;
            if (!_filters || Wanted(line))
                return true;
        }
        line = default;
        return false;
    }

    /// <summary>The line that <see cref="Next"/> gave last.</summary>
    public bool Again(out LogLine line) => _parser.TryParse(_block.AsSpan(_last, _start - 1 - _last), out line);

    /// <summary>Puts the cursor at a place of a file, where a line begins.</summary>
    internal void Seek(long offset)
    {
        (_start, _end, _whole) = (0, 0, 0);
        Offset = offset;
    }

    /// <summary>Reads on; false when there is no further whole line in the file now. Every line of the page has been taken.</summary>
    internal bool Fill(LogFile file)
    {
        Inode = file.Inode;
        _block.AsSpan(_start, _end - _start).CopyTo(_block);
        (_start, _end, _whole) = (0, _end - _start, 0);
        while (true)
        {
            if (_end == _block.Length)
                Array.Resize(ref _block, _block.Length * 2);
            var read = RandomAccess.Read(file.Handle, _block.AsSpan(_end), Offset + _end);
            if (read == 0)
                return false;
            var newline = _block.AsSpan(_end, read).LastIndexOf((byte)'\n');
            if (newline >= 0)
                _whole = _end + newline + 1;
            _end += read;
            if (_whole > 0)
                return true;
        }
    }

    bool Wanted(in LogLine line)
    {
        if (_query.UntilNanoseconds > 0 && line.TimeNanoseconds > _query.UntilNanoseconds)
        {
            PastUntil = true;
            return false;
        }
        return line.TimeNanoseconds >= _query.SinceNanoseconds && (line.Stream == 1 ? _query.Stdout : _query.Stderr);
    }
}
