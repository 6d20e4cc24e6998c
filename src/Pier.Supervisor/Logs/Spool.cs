using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;

namespace Pier.Supervisor.Logs;

/// <summary>
/// A pipe between the containers' pipes and the logs, which the keeper holds too. The kernel moves bytes into it in one go, page by page
/// and not copied: a SIGKILL finds each byte in the container's pipe or in the spool, never in both or neither. It is read through a second
/// pipe that gets the same pages, so that a batch stays in the spool until it is done.
/// </summary>
sealed class Spool : IDisposable
{
    /// <summary>At most this many bytes are moved at once.</summary>
    public const int MaxBatch = 256 << 10;

    readonly SafeFileHandle _read,
        _write,
        _viewRead,
        _viewWrite,
        _nowhere;
    readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(MaxBatch);

    /// <summary>Takes the pipe over, with a batch that a killed predecessor left in it. The ends stay the caller's.</summary>
    public Spool(SafeFileHandle read, SafeFileHandle write)
    {
        (_read, _write) = (read, write);
        (_viewRead, _viewWrite) = Pipe.Create();
        _nowhere = PlainFile.OpenExisting("/dev/null");
        // The view must have a place for every page of the spool. Where the system grants less (pipe-user-pages-soft), both get less.
        Pipe.TrySetCapacity(_viewWrite, MaxBatch);
        Pipe.TrySetCapacity(_write, MaxBatch);
        Pipe.TrySetCapacity(_write, Math.Min(Pipe.Capacity(_write), Pipe.Capacity(_viewWrite)));
        View();
    }

    /// <summary>Bytes of the batch.</summary>
    public int Length { get; private set; }

    /// <summary>The empty spool takes what a pipe holds, at most <paramref name="max"/> bytes.</summary>
    public Transfer Fill(SafeFileHandle pipe, int max = MaxBatch)
    {
        var moved = Pipe.Splice(pipe, _write, max);
        if (moved.Count > 0)
            View();
        return moved;
    }

    /// <summary>The bytes from an offset to the end.</summary>
    public ReadOnlySpan<byte> From(long start) => _bytes.AsSpan(0, Length)[(int)start..];

    /// <summary>The batch is done, and the journal says so: a successor that finds bytes here drops them too.</summary>
    public void Clear()
    {
        while (Length > 0 && Pipe.Splice(_read, _nowhere, Length) is { Count: > 0 } moved)
            Length -= moved.Count;
        Length = 0;
    }

    void View()
    {
        var seen = Pipe.Tee(_read, _viewWrite, MaxBatch);
        for (Length = 0; Length < seen.Count; )
            Length += Pipe.Read(_viewRead, _bytes.AsSpan(Length, seen.Count - Length)).Count;
    }

    public void Dispose()
    {
        _viewRead.Dispose();
        _viewWrite.Dispose();
        _nowhere.Dispose();
    }
}
