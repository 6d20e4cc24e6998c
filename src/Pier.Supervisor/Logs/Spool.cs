using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;

namespace Pier.Supervisor.Logs;

/// <summary>
/// A file between pipes and logs. The kernel moves bytes from a pipe into it and counts them in the file's size in one go, so that a
/// SIGKILL finds
/// each byte in the pipe or in the spool, never in both or neither.
/// </summary>
sealed class Spool : IDisposable
{
    /// <summary>At most this many bytes are moved at once.</summary>
    public const int MaxBatch = 256 << 10;

    const int Capacity = 1 << 20;

    readonly SafeFileHandle _file;
    readonly SharedMapping _mapping;

    public Spool(string path)
    {
        _file = PlainFile.OpenOrCreate(path);
        _mapping = new SharedMapping(_file, Capacity, writable: false);
        End = PlainFile.Size(_file);
    }

    /// <summary>The file's size: where the next batch begins.</summary>
    public long End { get; private set; }

    /// <summary>Moves what a pipe holds, up to <see cref="MaxBatch"/> bytes, to the end.</summary>
    public Transfer Fill(SafeFileHandle pipe)
    {
        var moved = Pipe.SpliceToFile(pipe, _file, End, MaxBatch);
        End += moved.Count;
        return moved;
    }

    /// <summary>The bytes from an offset to the end.</summary>
    public ReadOnlySpan<byte> From(long start) => _mapping.Slice((int)start, (int)(End - start));

    /// <summary>Empties the file when it has grown; only between batches.</summary>
    public void Trim()
    {
        if (End <= Capacity - 2 * MaxBatch)
            return;
        PlainFile.Resize(_file, 0);
        End = 0;
    }

    public void Dispose()
    {
        _mapping.Dispose();
        _file.Dispose();
    }
}
