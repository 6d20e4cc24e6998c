using static Pier.Store.Executables.X64Condition;
using static Pier.Store.Executables.X64Register;

namespace Pier.Store.Executables;

/// <summary>
/// The program of --init, pid 1 of its container: <c>docker-init [--] COMMAND [ARGUMENT...]</c> starts the command as its child in a
/// process group of its own, passes every signal on to it, reaps every process that is orphaned to it and ends as the command ended:
/// with its exit code, or 128 and the signal's number. A static x86-64 executable of about 2 KiB without a C library.
/// <para>
/// The parent blocks all signals and takes them one at a time by rt_sigtimedwait (man 2 sigwaitinfo): no handler, no race. It matters
/// that they are blocked, not ignored: the kernel drops signals with the default disposition that are sent to a pid 1 from inside its
/// namespace, except blocked ones (man 7 pid_namespaces).
/// </para>
/// </summary>
static class InitProgram
{
    // The frame on the stack: the set of all signals, the mask as it was, a status or process id, a struct sigaction.
    const int AllSignals = 0,
        OldMask = 8,
        Word = 16,
        Action = 24,
        FrameSize = 64,
        SignalSetSize = 8;
    const int SigBlock = 0,
        SigChld = 17,
        WNoHang = 1,
        PrSetChildSubreaper = 36;

    /// <summary>The executable; the same bytes every time.</summary>
    internal static byte[] Build()
    {
        var a = new X64Assembler();
        var (child, usage, noFork) = (a.NewLabel(), a.NewLabel(), a.NewLabel());
        Arguments(a, usage);
        BlockSignals(a);
        Fork(a, child, noFork);
        WaitLoop(a);
        a.Bind(child);
        InitCommand.Write(a, OldMask, Word);
        Fail(a, usage, "usage: docker-init [--] COMMAND [ARGUMENT...]\n");
        Fail(a, noFork, "docker-init: cannot start a process\n");
        return ElfFile.Write(ElfFile.MachineX64, a.ToArray(), []);
    }

    /// <summary>
    /// r12 = the command's argv, r13 = envp; makes the frame. At the entry the stack holds argc, argv, 0, envp, 0 (psABI 3.4.1).
    /// </summary>
    static void Arguments(X64Assembler a, X64Label usage)
    {
        var plain = a.NewLabel();
        a.Load(Rbx, Rsp, 0);
        a.Address(R12, Rsp, 16); // &argv[1]
        a.Move(R13, Rbx);
        a.ShiftLeft(R13, 3);
        a.Add(R13, R12); // &argv[1] + 8 * argc: behind the 0 that ends argv
        a.Compare(Rbx, 2);
        a.JumpIf(Less, usage);
        a.Load(Rsi, R12, 0);
        a.JumpUnless(Rsi, "--\0", plain);
        a.Add(R12, 8);
        a.Bind(plain);
        a.Load(Rsi, R12, 0);
        a.Compare(Rsi, 0);
        a.JumpIf(Equal, usage);
        a.Subtract(Rsp, FrameSize);
    }

    static void BlockSignals(X64Assembler a)
    {
        a.Move(Rax, 0);
        for (var offset = Action; offset < FrameSize; offset += 8)
            a.Store(Rsp, offset, Rax);
        a.Subtract(Rax, 1);
        a.Store(Rsp, AllSignals, Rax);
        a.Move(Rdi, SigBlock);
        a.Address(Rsi, Rsp, AllSignals);
        a.Address(Rdx, Rsp, OldMask);
        a.Move(R10, SignalSetSize);
        a.Call(X64SystemCall.RtSigprocmask);
        // SIG_DFL: an ignored SIGCHLD, which survives execve, would lose every exit status.
        a.Move(Rdi, SigChld);
        a.Address(Rsi, Rsp, Action);
        a.Move(Rdx, 0);
        a.Move(R10, SignalSetSize);
        a.Call(X64SystemCall.RtSigaction);
        // Orphans come here also where another process is pid 1 (--pid host, --pid container:NAME).
        a.Move(Rdi, PrSetChildSubreaper);
        a.Move(Rsi, 1);
        a.Call(X64SystemCall.Prctl);
    }

    /// <summary>r14 = the child's pid. By clone, as C libraries fork: seccomp filters know it.</summary>
    static void Fork(X64Assembler a, X64Label child, X64Label failed)
    {
        a.Move(Rdi, SigChld);
        a.Move(Rsi, 0);
        a.Move(Rdx, 0);
        a.Move(R10, 0);
        a.Move(R8, 0);
        a.Call(X64SystemCall.Clone);
        a.Compare(Rax, 0);
        a.JumpIf(Negative, failed);
        a.JumpIf(Equal, child);
        a.Move(R14, Rax);
    }

    /// <summary>r15 = the command's exit code once it is gone, negative before. The pid is never signalled after it was reaped.</summary>
    static void WaitLoop(X64Assembler a)
    {
        var (wait, reap, other) = (a.NewLabel(), a.NewLabel(), a.NewLabel());
        a.Move(R15, 0);
        a.Subtract(R15, 1);
        a.Bind(wait);
        a.Address(Rdi, Rsp, AllSignals);
        a.Move(Rsi, 0);
        a.Move(Rdx, 0);
        a.Move(R10, SignalSetSize);
        a.Call(X64SystemCall.RtSigtimedwait);
        a.Compare(Rax, 0);
        a.JumpIf(Negative, wait); // EINTR
        a.Compare(Rax, SigChld);
        a.JumpIf(Equal, reap);
        a.Move(Rdi, R14);
        a.Move(Rsi, Rax);
        a.Call(X64SystemCall.Kill);
        a.Jump(wait);

        // One SIGCHLD may stand for many children.
        a.Bind(reap);
        a.Move(Rdi, 0);
        a.Subtract(Rdi, 1);
        a.Address(Rsi, Rsp, Word);
        a.Move(Rdx, WNoHang);
        a.Move(R10, 0);
        a.Call(X64SystemCall.Wait4);
        a.Compare(Rax, R14);
        a.JumpIf(NotEqual, other);
        ExitCode(a);
        a.Jump(reap);
        a.Bind(other);
        a.Compare(Rax, 0);
        a.JumpIf(Greater, reap);
        a.Compare(R15, 0);
        a.JumpIf(Negative, wait);
        a.Move(Rdi, R15);
        a.Call(X64SystemCall.ExitGroup);
    }

    /// <summary>r15 = WEXITSTATUS of the status, or 128 + WTERMSIG (man 2 wait).</summary>
    static void ExitCode(X64Assembler a)
    {
        var (exited, done) = (a.NewLabel(), a.NewLabel());
        a.Load(R15, Rsp, Word);
        a.Move(Rdx, R15);
        a.And(R15, 0x7F);
        a.JumpIf(Equal, exited);
        a.Add(R15, 128);
        a.Jump(done);
        a.Bind(exited);
        a.ShiftRight(Rdx, 8);
        a.And(Rdx, 0xFF);
        a.Move(R15, Rdx);
        a.Bind(done);
    }

    static void Fail(X64Assembler a, X64Label label, string message)
    {
        var text = a.NewLabel();
        a.Bind(label);
        a.Move(Rdi, 2);
        a.Address(Rsi, text);
        a.Move(Rdx, message.Length);
        a.Call(X64SystemCall.Write);
        a.Move(Rdi, 1);
        a.Call(X64SystemCall.ExitGroup);
        a.Bind(text);
        a.Text(message);
    }
}
