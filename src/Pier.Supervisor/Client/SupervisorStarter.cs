using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Processes;
using Pier.Linux.Sockets;

namespace Pier.Supervisor.Client;

/// <summary>Finds the supervisor of an exec root, or starts one that outlives this process.</summary>
static class SupervisorStarter
{
    /// <summary>A connected socket. Throws <see cref="LinuxException"/> or <see cref="TimeoutException"/>.</summary>
    public static SafeFileHandle ConnectOrStart(SupervisorOptions options)
    {
        var state = new StateDirectory(options.ExecRoot);
        if (TryConnect(state) is { } running)
            return running;
        Start(options, state);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < options.StartTimeout)
        {
            if (TryConnect(state) is { } started)
                return started;
            Thread.Sleep(1);
        }
        throw new TimeoutException($"the supervisor of {state.ExecRoot} did not start within {options.StartTimeout.TotalSeconds:0} s");
    }

    /// <summary>A connected socket, or null when nobody listens.</summary>
    public static SafeFileHandle? TryConnect(StateDirectory state) => UnixSocket.TryConnect(SocketKind.SequencedPackets, state.Socket);

    static void Start(SupervisorOptions options, StateDirectory state)
    {
        Directory.CreateDirectory(state.ExecRoot);
        string[] command = [.. options.Command ?? SelfCommand.Current().With(), "supervisor", "--exec-root", state.ExecRoot];
        using var input = PlainFile.OpenExisting("/dev/null");
        DetachedProgram.Start(command, input, options.ErrorLog);
    }
}
