using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Processes;
using Pier.Runtime.Launch;

namespace Pier.Runtime.Commands;

/// <summary>The pipes between "create" and the child that it forks, and the FIFO on which the child waits for "start".</summary>
sealed class CreateSync : IDisposable
{
    readonly List<SafeFileHandle> _childEnds = [];
    readonly SafeFileHandle _ready,
        _errors;
    readonly SafeFileHandle? _created,
        _hooks,
        _mapped;

    public CreateSync(Preparation preparation, string fifo)
    {
        Fifo.Create(fifo);
        // Open for both: reading waits for a byte, and does not end because nobody has opened it for writing yet.
        preparation.Own("start", PlainFile.OpenExisting(fifo));
        _ready = FromChild(preparation, "ready");
        (_errors, ErrorPipe) = Pipe.Create();
        _childEnds.Add(ErrorPipe);
        if (preparation.Facts.WaitsForHooks)
        {
            _created = FromChild(preparation, "created");
            _hooks = ToChild(preparation, "hooks");
        }
        if (preparation.Facts.MapsUser)
            _mapped = ToChild(preparation, "mapped");
    }

    /// <summary>Where the child reports the op that failed.</summary>
    public SafeFileHandle ErrorPipe { get; }

    /// <summary>Closes this program's copies of the child's ends: what the child closes reads as ended.</summary>
    public void Launched()
    {
        foreach (var end in _childEnds)
            end.Dispose();
    }

    public bool AwaitCreated() => Await(_created!);

    public void ContinueAfterHooks() => Pipe.Write(_hooks!, "h"u8);

    public void Mapped() => Pipe.Write(_mapped!, "m"u8);

    /// <summary>False when the child has ended.</summary>
    public bool AwaitReady() => Await(_ready);

    /// <summary>The failed op and errno; (-1, 0) when the child was killed.</summary>
    public (int Op, int Errno) Failure()
    {
        Span<byte> failure = stackalloc byte[8];
        return Pipe.Read(_errors, failure).Count == 8
            ? (BinaryPrimitives.ReadInt32LittleEndian(failure), BinaryPrimitives.ReadInt32LittleEndian(failure[4..]))
            : (-1, 0);
    }

    static bool Await(SafeFileHandle pipe)
    {
        Span<byte> one = stackalloc byte[1];
        return Pipe.Read(pipe, one).Count == 1;
    }

    SafeFileHandle FromChild(Preparation preparation, string import)
    {
        var (read, write) = Pipe.Create();
        preparation.Lend(import, write);
        _childEnds.Add(write);
        return read;
    }

    SafeFileHandle ToChild(Preparation preparation, string import)
    {
        var (read, write) = Pipe.Create();
        preparation.Lend(import, read);
        _childEnds.Add(read);
        return write;
    }

    public void Dispose()
    {
        Launched();
        _ready.Dispose();
        _errors.Dispose();
        _created?.Dispose();
        _hooks?.Dispose();
        _mapped?.Dispose();
    }
}
