using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Supervisor.Server;

namespace Pier.Supervisor.Attach;

/// <summary>
/// The way into a process' stdin: a pipe's write end or a terminal's master. Takes what fits; the rest waits, and while something waits
/// no attached client is read (<see cref="Drained"/> tells when to go on).
/// </summary>
sealed class StdinPort : IReadinessHandler
{
    readonly SafeFileHandle _fd;
    readonly Watch _watch;
    readonly Action _drained,
        _closed;
    byte[] _pending = [];
    int _start;
    bool _closing,
        _ended;

    /// <summary>
    /// <paramref name="drained"/>: nothing waits any more. <paramref name="closed"/>: after <see cref="Close"/>, when all was taken.
    /// </summary>
    public StdinPort(EventLoop loop, SafeFileHandle fd, Action drained, Action closed)
    {
        _fd = fd;
        _drained = drained;
        _closed = closed;
        Descriptor.SetNonBlocking(fd);
        _watch = loop.Add(fd, Readiness.None, this);
    }

    /// <summary>Something waits to be taken.</summary>
    public bool Busy => _start < _pending.Length;

    /// <summary>Nobody reads stdin any more; input is dropped.</summary>
    public bool Ended => _ended;

    /// <summary>Writes what fits and keeps the rest; call only while not <see cref="Busy"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_ended || _closing)
            return;
        while (!bytes.IsEmpty)
        {
            var written = Pipe.Write(_fd, bytes);
            if (written.WouldBlock)
            {
                _pending = bytes.ToArray();
                _start = 0;
                _watch.Events = Readiness.Out;
                return;
            }
            if (written.Ended)
            {
                _ended = true;
                return;
            }
            bytes = bytes[written.Count..];
        }
    }

    /// <summary>Closes after what waits has been taken.</summary>
    public void Close()
    {
        if (_closing)
            return;
        _closing = true;
        if (!Busy)
            Finish();
    }

    /// <summary>Closes at once.</summary>
    public void Abort()
    {
        _watch.End();
        _fd.Dispose();
        _pending = [];
        _start = 0;
        _ended = _closing = true;
    }

    public void OnReady(Readiness events)
    {
        while (Busy)
        {
            var written = Pipe.Write(_fd, _pending.AsSpan(_start));
            if (written.WouldBlock)
                return;
            if (written.Ended)
            {
                _ended = true;
                break;
            }
            _start += written.Count;
        }
        _pending = [];
        _start = 0;
        _watch.Events = Readiness.None;
        if (_closing)
            Finish();
        else
            _drained();
    }

    void Finish()
    {
        Abort();
        _closed();
    }
}
