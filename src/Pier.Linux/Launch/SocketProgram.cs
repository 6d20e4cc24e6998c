using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Processes;
using Pier.Linux.Sockets;

namespace Pier.Linux.Launch;

/// <summary>
/// A child whose standard input and output are one end of a socket pair, and whose first complaints are kept. It ends with this process,
/// and with the socket if it is made so. Signals of the terminal are not for it: they mean this process, which may go on; the terminal
/// itself is there for it to ask questions on.
/// </summary>
public sealed class SocketProgram
{
    const int KeptErrors = 16 * 1024,
        PR_SET_PDEATHSIG = 1;

    readonly TaskCompletionSource<ProcessStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SafeFileHandle _errors = PlainFile.InMemory("errors", KeptErrors);

    SocketProgram(SafeFileHandle socket) => Socket = socket;

    /// <summary>This process's end of the pair; whoever takes it closes it.</summary>
    public SafeFileHandle Socket { get; }

    /// <summary>Starts it with this process's environment and working directory.</summary>
    /// <param name="command">Argument vector; its first word is the path.</param>
    /// <exception cref="LinuxException">It cannot be executed.</exception>
    public static SocketProgram Start(IReadOnlyList<string> command)
    {
        var (ours, its) = UnixSocket.Pair(SocketKind.Stream);
        var program = new SocketProgram(ours);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The kernel sends the signal of parents' deaths when the thread ends that cloned: this one ends with the child.
        new Thread(() => program.Run(command, its, started)) { IsBackground = true }.Start();
        started.Task.GetAwaiter().GetResult();
        return program;
    }

    /// <summary>Waits for its end: its status, and what it wrote to standard error (the first 16 KiB); null when it goes on.</summary>
    public (ProcessStatus Status, string Errors)? WaitForEnd(TimeSpan limit)
    {
        if (!_ended.Task.Wait(limit))
            return null;
        var text = new byte[KeptErrors];
        var count = PlainFile.ReadAt(_errors, text, 0);
        return (_ended.Task.Result, Encoding.UTF8.GetString(text, 0, count).TrimEnd('\0'));
    }

    void Run(IReadOnlyList<string> command, SafeFileHandle socket, TaskCompletionSource started)
    {
        try
        {
            using var pidFd = Launch(command, socket);
            started.SetResult();
            _ended.SetResult(PidFd.Wait(pidFd));
        }
        catch (LinuxException e)
        {
            Socket.Dispose();
            started.SetException(e);
        }
    }

    SafeFileHandle Launch(IReadOnlyList<string> command, SafeFileHandle socket)
    {
        using var _ = socket;
        using var program = new LoadedProgram(Compile(command), [socket, _errors]);
        using var launcher = new Launcher();
        var result = launcher.Launch(program);
        return result.Failed ? throw new LinuxException("execve", result.Errno, command[0]) : result.PidFd!;
    }

    static LaunchProgram Compile(IReadOnlyList<string> command)
    {
        var builder = new ProgramBuilder();
        var (socket, errors) = (builder.Import("socket"), builder.Import("errors"));
        ProgramPrologue.Signals(builder);
        ProgramPrologue.Ignore(builder, Processes.Signals.SIGINT, Processes.Signals.SIGQUIT);
        builder.About("standard streams");
        builder.Call(Syscall.Dup3, socket, 0, 0);
        builder.Call(Syscall.Dup3, socket, 1, 0);
        builder.Call(Syscall.Dup3, errors, 2, 0);
        builder.Call(Syscall.CloseRange, 3, uint.MaxValue, 4); // CLOSE_RANGE_CLOEXEC
        builder.About("end with the parent");
        builder.Call(Syscall.Prctl, PR_SET_PDEATHSIG, Processes.Signals.SIGTERM);
        ProgramPrologue.Unblock(builder);
        builder.About("execute");
        builder.Call(Syscall.Execve, builder.Text(command[0]), builder.Vector(command), builder.Vector([.. ThisProcess.Variables()]));
        return builder.Build();
    }
}
