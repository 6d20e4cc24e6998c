using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Pier.Linux.Sockets;

namespace Pier.Supervisor.Client;

/// <summary>Finds the supervisor of an exec root, or starts one that outlives this process.</summary>
static class SupervisorStarter
{
    /// <summary>A connected socket. Throws <see cref="LinuxException"/> or <see cref="TimeoutException"/>.</summary>
    public static SafeFileHandle ConnectOrStart(SupervisorOptions options)
    {
        var state = new StateDirectory(options.ExecRoot);
        if (TryConnect(state) is { } running) return running;
        Start(options, state);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < options.StartTimeout)
        {
            if (TryConnect(state) is { } started) return started;
            Thread.Sleep(2);
        }
        throw new TimeoutException($"the supervisor of {state.ExecRoot} did not start within {options.StartTimeout.TotalSeconds:0} s");
    }

    /// <summary>A connected socket, or null when nobody listens.</summary>
    public static SafeFileHandle? TryConnect(StateDirectory state)
    {
        try
        {
            return UnixSocket.Connect(SocketKind.SequencedPackets, state.Socket);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ECONNREFUSED)
        {
            return null;
        }
    }

    static void Start(SupervisorOptions options, StateDirectory state)
    {
        Directory.CreateDirectory(state.ExecRoot);
        string[] command = [.. options.Command ?? SelfCommand.Current().With(), "supervisor", "--exec-root", state.ExecRoot];
        using var input = PlainFile.OpenExisting("/dev/null");
        using var output = options.ErrorLog is { } log ? PlainFile.OpenToAppend(log) : Descriptor.Duplicate(input);
        var builder = new ProgramBuilder();
        var (stdin, stderr) = (builder.Import("null"), builder.Import("errors"));
        ProgramPrologue.Signals(builder);
        // A child of a child that ends: whoever starts the supervisor is not its parent and has nothing to reap when it ends.
        builder.About("detach");
        var detached = builder.NewLabel();
        builder.Clone((ulong)(CloneFlags.ParentSetTid | CloneFlags.SignalChild), detached);
        builder.Call(Syscall.ExitGroup, 0);
        builder.Bind(detached);
        builder.About("session");
        builder.Call(Syscall.Setsid);
        builder.Call(Syscall.Chdir, builder.Text("/"));
        builder.Call(Syscall.Dup3, stdin, 0, 0);
        builder.Call(Syscall.Dup3, stderr, 1, 0);
        builder.Call(Syscall.Dup3, stderr, 2, 0);
        builder.Call(Syscall.CloseRange, 3, uint.MaxValue, 4); // CLOSE_RANGE_CLOEXEC
        ProgramPrologue.Unblock(builder);
        builder.About("supervisor");
        builder.Call(Syscall.Execve, builder.Text(command[0]), builder.Vector(command), builder.Vector(SelfCommand.Environment()));
        using var program = new LoadedProgram(builder.Build(), [input, output]);
        using var launcher = new Launcher();
        var result = launcher.Launch(program);
        if (result.Failed) throw new LinuxException("execve", result.Errno, command[0]);
        result.PidFd!.Dispose();
    }
}
