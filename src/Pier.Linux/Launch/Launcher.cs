using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;

namespace Pier.Linux.Launch;

/// <summary>How the child gets its memory.</summary>
public enum LaunchMode
{
    /// <summary>CLONE_VM|CLONE_VFORK: the call returns when the child has exec'd or failed, and the failure is in the result.</summary>
    SharedMemory,

    /// <summary>
    /// Plain fork: the call returns at once, the caller may end while the child waits. A failure (8 bytes: op, errno) goes to the
    /// error pipe, which reads as ended when the child has exec'd.
    /// </summary>
    Fork,
}

/// <summary>
/// What became of a launch. <see cref="FailedOp"/> is -1 when the program got to execve; then the process is a child of this one, to be
/// waited for
/// through <see cref="PidFd"/>. Otherwise the child is gone and reaped.
/// </summary>
public readonly record struct LaunchResult(int Pid, SafeFileHandle? PidFd, int FailedOp, int Errno)
{
    /// <summary>True when the program failed; <see cref="FailedOp"/> and <see cref="Errno"/> say where and why.</summary>
    public bool Failed => FailedOp >= 0;
}

/// <summary>
/// Starts programs. One launcher serves one thread: it owns the stacks that the children run on. A launch blocks its thread until the
/// child execs, however long the program's calls hang.
/// </summary>
public sealed unsafe class Launcher : IDisposable
{
    readonly nint _syscall,
        _clone,
        _entry;
    readonly ChildStack _stack = new(),
        _secondStack = new();

    /// <summary>Makes a launcher; the first one of a process compiles the interpreter by running it once.</summary>
    public Launcher()
    {
        var libc = NativeLibrary.Load("libc.so.6");
        _syscall = NativeLibrary.GetExport(libc, "syscall");
        _clone = NativeLibrary.GetExport(libc, "clone");
        _entry = (nint)(delegate* <LaunchContext*, int>)&Interpreter.Run;
        WarmUp();
    }

    /// <summary>
    /// Clones a child that runs the program. <paramref name="cells"/>, when given, hold the pids while the launch is under way. Throws
    /// <see cref="LinuxException"/> when the clone itself is refused.
    /// </summary>
    public LaunchResult Launch(
        LoadedProgram program,
        LaunchMode mode = LaunchMode.SharedMemory,
        SafeFileHandle? errorPipe = null,
        PidCells? cells = null
    )
    {
        var own = stackalloc int[2];
        var pids = cells is { } given ? given.Start : own;
        pids[0] = pids[1] = 0;
        Prepare(program, mode, errorPipe, pids + 1);
        var pid = Clone(program, mode, pids);
        GC.KeepAlive(program.Imports);
        // The child is ours and not yet waited for, so its pid cannot have been reused: pidfd_open is as good as CLONE_PIDFD, which
        // clone cannot combine with CLONE_PARENT_SETTID.
        var first = PidFd.Open(pid);
        if (mode == LaunchMode.Fork)
            return new LaunchResult(pid, first, -1, 0);
        GC.KeepAlive(program);
        return program.ClonesAgain ? FinishSecond(program, pid, first, pids[1]) : Finish(program, pid, first);
    }

    static LaunchResult Finish(LoadedProgram program, int pid, SafeFileHandle pidFd)
    {
        var failure = *program.Failure;
        if (failure.Op < 0)
            return new LaunchResult(pid, pidFd, -1, 0);
        using (pidFd)
            PidFd.Wait(pidFd);
        return new LaunchResult(0, null, failure.Op, failure.Errno);
    }

    static LaunchResult FinishSecond(LoadedProgram program, int firstPid, SafeFileHandle first, int secondPid)
    {
        var second = secondPid > 0 ? PidFd.Open(secondPid) : null;
        ProcessStatus status;
        using (first)
            status = PidFd.Wait(first);
        if (second is not null && program.Failure->Op < 0)
            return new LaunchResult(secondPid, second, -1, 0);
        using (second)
            if (second is not null)
                PidFd.WaitIfChild(second); // without CLONE_PARENT it is an orphan
        // Killed from outside before it could clone or say why: as if the op after the last one had been interrupted.
        return program.Failure->Op >= 0
            ? new LaunchResult(0, null, program.Failure->Op, program.Failure->Errno)
            : throw new LinuxException("clone", Errno.ECHILD, $"launching process {firstPid} ended early ({status})");
    }

    void Prepare(LoadedProgram program, LaunchMode mode, SafeFileHandle? errorPipe, int* secondPid)
    {
        if (mode == LaunchMode.Fork && program.ClonesAgain)
            throw new InvalidOperationException("a forked program does not clone again");
        var context = program.Context;
        context->Syscall = _syscall;
        context->Clone = _clone;
        context->Entry = _entry;
        context->Errno = Native.ErrnoLocation();
        context->ErrorFd = errorPipe is null ? -1 : (int)errorPipe.DangerousGetHandle();
        context->Write = SyscallTable.Number(Syscall.Write);
        context->ExitGroup = SyscallTable.Number(Syscall.ExitGroup);
        context->Pid = secondPid;
        context->ChildStack = _secondStack.Top;
        *program.Child = *context;
    }

    int Clone(LoadedProgram program, LaunchMode mode, int* pid)
    {
        var flags = (CloneFlags)program.CloneFlags & CloneFlags.NewAtClone | CloneFlags.ParentSetTid | CloneFlags.SignalChild;
        if (mode == LaunchMode.SharedMemory)
            flags |= CloneFlags.Vm | CloneFlags.VFork;
        // A handler of this process must never run in the child: it would run .NET code in memory that is not the child's own.
        ulong all = ulong.MaxValue,
            old;
        _ = Native.SignalMask(Native.SIG_SETMASK, &all, &old);
        var result = Native.Clone(_entry, _stack.Top, (int)flags, program.Context, pid, null, null);
        var errno = Marshal.GetLastPInvokeError();
        _ = Native.SignalMask(Native.SIG_SETMASK, &old, null);
        return result > 0 ? result : throw new LinuxException("clone", errno, $"flags 0x{(ulong)flags:x}");
    }

    /// <summary>On CoreCLR the method must be compiled, and its entry stub resolved, before a child may call it.</summary>
    void WarmUp()
    {
        var builder = new ProgramBuilder();
        builder.Call(Syscall.Getpid);
        builder.Try(Syscall.Close, -1);
        builder.Return();
        using var program = new LoadedProgram(builder.Build(), []);
        var pid = 0;
        Prepare(program, LaunchMode.SharedMemory, null, &pid);
        ((delegate* <LaunchContext*, int>)_entry)(program.Context);
    }

    /// <summary>Frees the stacks; no launch may be under way.</summary>
    public void Dispose()
    {
        _stack.Dispose();
        _secondStack.Dispose();
    }
}
