using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Sockets;

namespace Pier.Network.Relay;

/// <summary>
/// Bytes from one socket to another, through a pipe and without copies (splice). The pipe is its own only while bytes rest in it: an idle
/// connection costs two descriptors.
/// </summary>
sealed class StreamDirection(SafeFileHandle from, SafeFileHandle to, RelayResources resources) : IDisposable
{
    /// <summary>Transfers before others get their turn.</summary>
    const int Turns = 16;

    RelayPipe? _pipe;
    int _held;
    bool _sourceEnded;

    /// <summary>The source has ended, and the target was told after all that came before.</summary>
    public bool HasEnded { get; private set; }

    public Readiness ReadsFrom => _held == 0 && !_sourceEnded ? Readiness.In : Readiness.None;

    public Readiness WritesTo => _held > 0 ? Readiness.Out : Readiness.None;

    /// <summary>Moves what can be moved; false when either socket is broken.</summary>
    /// <exception cref="Linux.LinuxException">There is no pipe to be had.</exception>
    public bool Move()
    {
        for (var turn = 0; turn < Turns && !HasEnded; turn++)
        {
            if (_held > 0)
            {
                var sent = Pipe.Splice(_pipe!.Read, to, _held);
                if (sent.WouldBlock)
                    return true;
                if (sent.Ended)
                    return false;
                _held -= sent.Count;
                continue;
            }

            if (_sourceEnded)
            {
                UnixSocket.ShutdownSend(to);
                HasEnded = true;
                break;
            }

            _pipe ??= resources.TakePipe();
            var received = Pipe.Splice(from, _pipe.Write, RelayPipe.Capacity);
            if (received.WouldBlock)
                break;
            if (received.Errno != 0)
                return false;
            _held = received.Count;
            _sourceEnded = received.Count == 0;
        }

        if (_held == 0)
            GiveBack();
        return true;
    }

    public void Dispose()
    {
        if (_held == 0)
            GiveBack();
        else
            _pipe?.Dispose();
        _pipe = null;
    }

    void GiveBack()
    {
        if (_pipe is not null)
            resources.ReturnPipe(_pipe);
        _pipe = null;
    }
}
