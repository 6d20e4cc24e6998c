using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;

namespace Pier.Linux.Launch;

/// <summary>Starts a program of Pier's own that outlives this process.</summary>
public static class DetachedProgram
{
    /// <summary>
    /// Starts it in a session of its own, in "/", with the calling thread's namespaces, as nobody's child: who starts it has nothing to
    /// reap when it ends.
    /// </summary>
    /// <param name="command">Argument vector; its first word is the path.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="errors">A file that its complaints are appended to; null for none.</param>
    /// <exception cref="LinuxException">It cannot be executed.</exception>
    public static void Start(IReadOnlyList<string> command, SafeFileHandle input, string? errors)
    {
        using var output = errors is not null ? PlainFile.OpenToAppend(errors) : PlainFile.OpenExisting("/dev/null");
        var builder = new ProgramBuilder();
        var (stdin, stderr) = (builder.Import("input"), builder.Import("errors"));
        ProgramPrologue.Signals(builder);
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
        builder.About("execute");
        builder.Call(Syscall.Execve, builder.Text(command[0]), builder.Vector([.. command]), builder.Vector(SelfCommand.Environment()));
        using var program = new LoadedProgram(builder.Build(), [input, output]);
        using var launcher = new Launcher();
        var result = launcher.Launch(program);
        if (result.Failed)
            throw new LinuxException("execve", result.Errno, command[0]);
        result.PidFd!.Dispose();
    }
}
