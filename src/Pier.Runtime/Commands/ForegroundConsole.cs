using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Pty;

namespace Pier.Runtime.Commands;

/// <summary>Connects a container's terminal to this program's own streams.</summary>
sealed class ForegroundConsole : IDisposable
{
    readonly SafeFileHandle _master;
    readonly Thread _output;
    readonly byte[]? _settings;

    public ForegroundConsole(SafeFileHandle master)
    {
        _master = master;
        try
        {
            using var stdin = new SafeFileHandle(0, ownsHandle: false);
            _settings = Terminal.MakeRaw(stdin);
        }
        catch (LinuxException)
        {
            // Not a terminal: bytes go through as they are.
        }
        _output = Copy(_master, 1);
        Copy(new SafeFileHandle(0, ownsHandle: false), _master);
    }

    static Thread Copy(SafeFileHandle from, int to) => Copy(from, new SafeFileHandle(to, ownsHandle: false));

    static Thread Copy(SafeFileHandle from, SafeFileHandle to)
    {
        var thread = new Thread(() =>
        {
            var buffer = new byte[8192];
            while (true)
            {
                // The master says EIO when the last process has closed the terminal.
                if (Pipe.Read(from, buffer) is not { Count: > 0 } read)
                    return;
                for (var done = 0; done < read.Count; )
                {
                    if (Pipe.Write(to, buffer.AsSpan(done, read.Count - done)) is not { Count: > 0 } written)
                        return;
                    done += written.Count;
                }
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    /// <summary>Waits until the terminal's last output has been copied.</summary>
    public void Drain() => _output.Join(TimeSpan.FromSeconds(5));

    public void Dispose()
    {
        using var stdin = new SafeFileHandle(0, ownsHandle: false);
        if (_settings is not null)
            Terminal.Restore(stdin, _settings);
        _master.Dispose();
    }
}
