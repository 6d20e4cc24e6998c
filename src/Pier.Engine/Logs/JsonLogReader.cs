using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Pier.Engine.Containers;

namespace Pier.Engine.Logs;

/// <summary>
/// Reads a container's json-file log: the rotated files (path.N ... path.1) and the current one, by the whole line, and follows it
/// across rotations until the container has ended and nothing is left.
/// </summary>
/// <param name="path">The current file.</param>
/// <param name="ended">Completes when nothing more will be written.</param>
sealed class JsonLogReader(string path, Task ended)
{
    const int BlockSize = 256 * 1024;

    public async IAsyncEnumerable<LogEntry> ReadAsync(LogsQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        using var watch = query.Follow ? new LogWatch(path) : null;
        // The watch and the "ended" flag come before the first read: what is written between is seen by one of them.
        var files = OpenFiles();
        try
        {
            var start = query.Tail >= 0 ? LogTail.Find(files, query.Tail) : (File: 0, Offset: 0L);
            for (var i = start.File; i < files.Count - 1; i++)
            {
                foreach (var entry in Read(new LogCursor(files[i], i == start.File ? start.Offset : 0), query))
                    yield return entry;
            }
            if (files.Count == 0 && !query.Follow) yield break;
            var last = files.Count > 0 ? new LogCursor(files[^1], start.File == files.Count - 1 ? start.Offset : 0) : null;
            await foreach (var entry in ReadCurrentAsync(last, watch, query, ct).ConfigureAwait(false)) yield return entry;
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }
    }

    async IAsyncEnumerable<LogEntry> ReadCurrentAsync(
        LogCursor? cursor, LogWatch? watch, LogsQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var ending = ended.IsCompleted;
            var rotated = watch?.TakeRotated() ?? false;
            if (cursor is null && File.Exists(path)) cursor = new LogCursor(Open(path), 0);
            if (cursor is not null)
            {
                foreach (var entry in Read(cursor, query)) yield return entry;
                if (query.UntilNanoseconds > 0 && cursor.LastTime > query.UntilNanoseconds) yield break;
            }
            if (watch is null) yield break;
            if (rotated)
            {
                cursor?.File.Dispose();
                cursor = null;
                continue;
            }
            if (ending) yield break;
            await watch.ChangedAsync(ended, ct).ConfigureAwait(false);
        }
    }

    static IEnumerable<LogEntry> Read(LogCursor cursor, LogsQuery query)
    {
        while (cursor.NextLine(out var line))
        {
            var text = new byte[line.Length];
            if (!JsonLogLine.TryParse(line.Span, text, out var length, out var stream, out var time)) continue;
            cursor.LastTime = time;
            if (time < query.SinceNanoseconds) continue;
            if (query.UntilNanoseconds > 0 && time > query.UntilNanoseconds) yield break;
            if (stream == 1 ? !query.Stdout : !query.Stderr) continue;
            yield return new LogEntry(stream, time, text.AsMemory(0, length));
        }
    }

    List<SafeFileHandle> OpenFiles()
    {
        var files = new List<SafeFileHandle>();
        var numbers = new List<int>();
        for (var n = 1; File.Exists($"{path}.{n}"); n++) numbers.Add(n);
        numbers.Reverse();
        foreach (var n in numbers)
        {
            if (TryOpen($"{path}.{n}") is { } old) files.Add(old);
        }
        if (TryOpen(path) is { } current) files.Add(current);
        return files;
    }

    static SafeFileHandle? TryOpen(string file)
    {
        try
        {
            return Open(file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    static SafeFileHandle Open(string file) => File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>A place in a file, with the block around it. A line is only given when its newline is there.</summary>
    internal sealed class LogCursor(SafeFileHandle file, long offset)
    {
        byte[] _block = new byte[BlockSize];
        int _start, _end;
        long _offset = offset;

        public SafeFileHandle File => file;
        public long LastTime { get; set; }

        public bool NextLine(out ReadOnlyMemory<byte> line)
        {
            var scanned = _start;
            while (true)
            {
                var newline = _block.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n');
                if (newline >= 0)
                {
                    line = _block.AsMemory(_start, scanned + newline - _start);
                    _start = scanned + newline + 1;
                    return true;
                }
                scanned = _end;
                if (!Fill(ref scanned))
                {
                    line = default;
                    return false;
                }
            }
        }

        bool Fill(ref int scanned)
        {
            if (_start > 0 && _end == _block.Length)
            {
                _block.AsSpan(_start, _end - _start).CopyTo(_block);
                scanned -= _start;
                _end -= _start;
                _start = 0;
            }
            if (_end == _block.Length) Array.Resize(ref _block, _block.Length * 2);
            var read = RandomAccess.Read(file, _block.AsSpan(_end), _offset);
            _offset += read;
            _end += read;
            return read > 0;
        }
    }
}
