using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;

namespace Pier.Network.Relay;

/// <summary>What all connections share: empty pipes, a buffer, and how many things wait for time.</summary>
sealed class RelayResources : IDisposable
{
    const int MaxDatagram = 65536,
        SpareLimit = 32;

    readonly Stack<RelayPipe> _spare = new();

    /// <summary>Room for one datagram; nobody keeps it across two events.</summary>
    public byte[] Buffer { get; } = new byte[MaxDatagram];

    /// <summary>Sessions that end by time, and ports that wait for descriptors.</summary>
    public int Waiting { get; set; }

    public bool NeedsTime => Waiting > 0;

    /// <summary>An empty pipe.</summary>
    /// <exception cref="Linux.LinuxException">No descriptors are left.</exception>
    public RelayPipe TakePipe() => _spare.TryPop(out var pipe) ? pipe : RelayPipe.Create();

    /// <summary>Takes an empty pipe back.</summary>
    public void ReturnPipe(RelayPipe pipe)
    {
        if (_spare.Count < SpareLimit)
            _spare.Push(pipe);
        else
            pipe.Dispose();
    }

    public void Dispose()
    {
        while (_spare.TryPop(out var pipe))
            pipe.Dispose();
    }
}

/// <summary>A pipe that bytes rest in between two sockets; the kernel bounds it (64 KiB).</summary>
sealed record RelayPipe(SafeFileHandle Read, SafeFileHandle Write) : IDisposable
{
    public const int Capacity = 65536;

    public static RelayPipe Create()
    {
        var (read, write) = Pipe.Create();
        return new RelayPipe(read, write);
    }

    public void Dispose()
    {
        Read.Dispose();
        Write.Dispose();
    }
}
