using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Pty;
using Pier.Supervisor.Keeper;

namespace Pier.Supervisor.Server;

/// <summary>The standard streams of one process: the ends that it gets, and the ends that are kept.</summary>
sealed class StdioSet : IDisposable
{
    const int PipeCapacity = 256 << 10;

    readonly List<(Role, SafeFileHandle)> _kept = [];
    readonly List<SafeFileHandle> _given = [];

    /// <summary>Makes them. A terminal comes from the devpts instance given, or from the host's.</summary>
    public StdioSet(ProcessStdio stdio, SafeFileHandle? devpts)
    {
        if (stdio.Tty)
        {
            var (master, slave) = Terminal.Open(devpts);
            _kept.Add((Role.Master, master));
            _kept.Add((Role.Slave, slave));
            Stdin = Stdout = Stderr = slave;
            if (stdio.Rows > 0 && stdio.Columns > 0)
                Terminal.Resize(master, stdio.Rows, stdio.Columns);
            var (read, write) = Pipe.Create();
            _kept.Add((Role.RelayRead, read));
            _kept.Add((Role.RelayWrite, write));
            return;
        }
        Stdin = stdio.OpenStdin ? Input() : Given(PlainFile.OpenRead("/dev/null"));
        Stdout = Output(Role.Stdout);
        Stderr = Output(Role.Stderr);
    }

    public SafeFileHandle Stdin { get; }
    public SafeFileHandle Stdout { get; }
    public SafeFileHandle Stderr { get; }

    /// <summary>The ends that outlive the launch.</summary>
    public IReadOnlyList<(Role Role, SafeFileHandle Descriptor)> Kept => _kept;

    /// <summary>Closes the process' ends: it has its copies.</summary>
    public void CloseGiven()
    {
        foreach (var fd in _given)
            fd.Dispose();
    }

    /// <summary>Closes everything.</summary>
    public void Dispose()
    {
        CloseGiven();
        foreach (var (_, fd) in _kept)
            fd.Dispose();
    }

    SafeFileHandle Input()
    {
        var (read, write) = Pipe.Create();
        _kept.Add((Role.Stdin, write));
        return Given(read);
    }

    SafeFileHandle Output(Role role)
    {
        var (read, write) = Pipe.Create();
        Pipe.TrySetCapacity(read, PipeCapacity);
        _kept.Add((role, read));
        return Given(write);
    }

    SafeFileHandle Given(SafeFileHandle fd)
    {
        _given.Add(fd);
        return fd;
    }
}
