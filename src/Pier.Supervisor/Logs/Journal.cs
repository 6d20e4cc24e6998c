using System.Runtime.InteropServices;
using Pier.Linux.Descriptors;

namespace Pier.Supervisor.Logs;

/// <summary>
/// Where a batch of output stands: bytes of the spool from <see cref="SpoolStart"/> on belong to a stream of an entry, whose unfinished
/// line was <see cref="Tail"/>, and their messages begin at <see cref="LogOffset"/> of the log file with inode <see cref="LogInode"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
record struct Batch(long Entry, long Stream, long Tail, ulong LogInode, long LogOffset, long SpoolStart);

/// <summary>
/// The batch under way, in a shared mapping: what a successor needs to do the batch again after a SIGKILL at any instruction. Two places
/// and one
/// word that says which is valid: setting the word is the commit.
/// </summary>
sealed unsafe class Journal : IDisposable
{
    const int Size = 4096,
        First = 64,
        Second = 128;

    readonly SharedMapping _mapping;
    readonly long* _current;

    public Journal(string path)
    {
        using var file = PlainFile.OpenOrCreate(path);
        // Written, not left as a hole: a store to a hole of a full tmpfs is SIGBUS.
        if (PlainFile.Size(file) < Size)
            PlainFile.WriteAt(file, new byte[Size], 0);
        _mapping = new SharedMapping(file, Size);
        _current = (long*)_mapping.Start;
    }

    /// <summary>The batch under way, or null.</summary>
    public Batch? Current =>
        Volatile.Read(ref *_current) switch
        {
            1 => *(Batch*)(_mapping.Start + First),
            2 => *(Batch*)(_mapping.Start + Second),
            _ => null,
        };

    /// <summary>Begins a batch, or moves on inside one.</summary>
    public void Set(in Batch batch)
    {
        var place = Volatile.Read(ref *_current) == 1 ? 2 : 1;
        *(Batch*)(_mapping.Start + (place == 1 ? First : Second)) = batch;
        Volatile.Write(ref *_current, place);
    }

    /// <summary>The batch is in the log (or there was none): nothing is to be done again.</summary>
    public void Clear() => Volatile.Write(ref *_current, 0);

    public void Dispose() => _mapping.Dispose();
}
