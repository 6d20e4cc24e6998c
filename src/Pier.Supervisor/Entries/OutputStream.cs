using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Supervisor.Server;

namespace Pier.Supervisor.Entries;

/// <summary>
/// One output of a process: a pipe, or a terminal's master with the relay pipe that its bytes pass through on their way to the spool.
/// </summary>
sealed class OutputStream : IReadinessHandler
{
    readonly Action<OutputStream> _ready;
    readonly SafeFileHandle? _relayIn;
    readonly Watch _watch;

    /// <summary>Number <paramref name="index"/> is 0 for stdout and terminals, 1 for stderr.</summary>
    public OutputStream(
        EventLoop loop,
        Entry entry,
        int index,
        SafeFileHandle source,
        SafeFileHandle? relayRead,
        SafeFileHandle? relayWrite,
        Action<OutputStream> ready
    )
    {
        (Entry, Index, Source, _relayIn, _ready) = (entry, index, relayRead ?? source, relayWrite, ready);
        Origin = source;
        Descriptor.SetNonBlocking(source);
        if (relayRead is not null)
            Descriptor.SetNonBlocking(relayRead);
        _watch = loop.Add(source, Readiness.In, this);
    }

    public Entry Entry { get; }
    public int Index { get; }

    /// <summary>The pipe that the spool is filled from.</summary>
    public SafeFileHandle Source { get; }

    /// <summary>The process' end: the pipe itself or the master.</summary>
    SafeFileHandle Origin { get; }

    /// <summary>True after the end of the stream was read.</summary>
    public bool Ended { get; private set; }

    /// <summary>While true nothing is read.</summary>
    public bool Paused
    {
        get => _watch.Events == Readiness.None;
        set
        {
            if (!Ended)
                _watch.Events = value ? Readiness.None : Readiness.In;
        }
    }

    /// <summary>Moves a terminal's bytes into the relay; nothing to do for a pipe.</summary>
    public void Relay(int max)
    {
        if (_relayIn is not null)
            Pipe.Splice(Origin, _relayIn, max);
    }

    /// <summary>No more reading.</summary>
    public void End()
    {
        if (Ended)
            return;
        _watch.End();
        Ended = true;
    }

    public void OnReady(Readiness events) => _ready(this);
}
