using static Pier.Store.Executables.X64Condition;
using static Pier.Store.Executables.X64Register;

namespace Pier.Store.Executables;

/// <summary>
/// The child of <see cref="InitProgram"/>: takes the terminal, gives the signals back and becomes the command, which is searched as
/// execvp does (man 3 exec). Ends with 127 when there is no such command and with 126 when it cannot be executed, as shells do.
/// Expects r12 = argv, r13 = envp.
/// </summary>
static class InitCommand
{
    const int SigSetMask = 2,
        SignalSetSize = 8,
        TiocSPgrp = 0x5410;
    const int NoEntry = 2,
        NoExec = 8,
        NoAccess = 13,
        NotDirectory = 20,
        NameTooLong = 36,
        Loop = 40; // errno, man 3 errno
    const int PathMax = 4096;
    const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The offsets are those in the frame that rsp points to.</summary>
    internal static void Write(X64Assembler a, int oldMask, int word)
    {
        var (search, ended) = (a.NewLabel(), a.NewLabel());
        ProcessGroup(a, oldMask, word);
        a.Load(Rbx, R12, 0);
        JumpUnlessSlash(a, search);
        a.Move(Rdi, Rbx);
        Execute(a);
        a.Jump(ended);
        a.Bind(search);
        Search(a, ended);
        Failures(a, ended);
    }

    /// <summary>
    /// A group of its own, the terminal's foreground one if standard input is a terminal. All signals are still blocked: a SIGTTOU for
    /// a change of the foreground group from the background would stop the child (man 3 tcsetpgrp).
    /// </summary>
    static void ProcessGroup(X64Assembler a, int oldMask, int word)
    {
        a.Move(Rdi, 0);
        a.Move(Rsi, 0);
        a.Call(X64SystemCall.Setpgid);
        a.Call(X64SystemCall.Getpid);
        a.Store(Rsp, word, Rax);
        a.Move(Rdi, 0);
        a.Move(Rsi, TiocSPgrp);
        a.Address(Rdx, Rsp, word);
        a.Call(X64SystemCall.Ioctl);
        a.Move(Rdi, SigSetMask);
        a.Address(Rsi, Rsp, oldMask);
        a.Move(Rdx, 0);
        a.Move(R10, SignalSetSize);
        a.Call(X64SystemCall.RtSigprocmask);
    }

    /// <summary>Jumps unless the name at rbx has a slash; rsi = its end then.</summary>
    static void JumpUnlessSlash(X64Assembler a, X64Label without)
    {
        var (scan, found) = (a.NewLabel(), a.NewLabel());
        a.Move(Rsi, Rbx);
        a.Bind(scan);
        a.LoadByte(Rax, Rsi, 0);
        a.Compare(Rax, 0);
        a.JumpIf(Equal, without);
        a.Compare(Rax, '/');
        a.JumpIf(Equal, found);
        a.Add(Rsi, 1);
        a.Jump(scan);
        a.Bind(found);
    }

    /// <summary>Executes the file named at rdi; rax = the negative error.</summary>
    static void Execute(X64Assembler a)
    {
        a.Move(Rsi, R12);
        a.Move(Rdx, R13);
        a.Call(X64SystemCall.Execve);
    }

    /// <summary>Tries the name in every directory of PATH. Falls out with rax = 0 or -EACCES; another error jumps with it in rax.</summary>
    static void Search(X64Assembler a, X64Label ended)
    {
        var (entry, next, exhausted) = (a.NewLabel(), a.NewLabel(), a.NewLabel());
        a.Move(R15, 0); // becomes -EACCES
        a.Compare(Rsi, Rbx);
        a.JumpIf(Equal, exhausted); // the empty name is never found
        FindPath(a);
        a.Subtract(Rsp, PathMax);
        a.Bind(entry);
        Candidate(a, next);
        a.Move(R14, Rsi);
        a.Move(Rdi, Rsp);
        Execute(a);
        a.Move(Rsi, R14);
        foreach (var notThere in (ReadOnlySpan<int>)[NoEntry, NotDirectory, NameTooLong, Loop])
        {
            a.Compare(Rax, -notThere);
            a.JumpIf(Equal, next);
        }
        a.Compare(Rax, -NoAccess);
        a.JumpIf(NotEqual, ended);
        a.Move(R15, Rax);
        a.Bind(next);
        a.LoadByte(Rax, Rsi, 0);
        a.Add(Rsi, 1);
        a.Compare(Rax, 0);
        a.JumpIf(NotEqual, entry);
        a.Bind(exhausted);
        a.Move(Rax, R15);
    }

    /// <summary>rsi = the value of PATH in envp, or the default.</summary>
    static void FindPath(X64Assembler a)
    {
        var (variable, other, missing, text, done) = (a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel());
        a.Move(Rdi, R13);
        a.Bind(variable);
        a.Load(Rsi, Rdi, 0);
        a.Compare(Rsi, 0);
        a.JumpIf(Equal, missing);
        a.JumpUnless(Rsi, "PATH=", other);
        a.Add(Rsi, "PATH=".Length);
        a.Jump(done);
        a.Bind(other);
        a.Add(Rdi, 8);
        a.Jump(variable);
        a.Bind(text);
        a.Text(DefaultPath);
        a.Bind(missing);
        a.Address(Rsi, text);
        a.Bind(done);
    }

    /// <summary>
    /// Writes the directory at rsi, a slash and the name to rsp, and moves rsi to the directory's end, a colon or the zero. An empty
    /// directory is the working directory. What is longer than PATH_MAX cannot exist and jumps.
    /// </summary>
    static void Candidate(X64Assembler a, X64Label tooLong)
    {
        var (copy, skip, named, name, end) = (a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel());
        a.Move(Rdi, Rsp);
        a.Address(R8, Rsp, PathMax - 1); // leaves room for the slash
        a.Bind(copy);
        a.LoadByte(Rax, Rsi, 0);
        a.Compare(Rax, 0);
        a.JumpIf(Equal, end);
        a.Compare(Rax, ':');
        a.JumpIf(Equal, end);
        a.Add(Rsi, 1);
        a.Compare(Rdi, R8);
        a.JumpIf(Equal, skip);
        a.StoreByte(Rdi, 0, Rax);
        a.Add(Rdi, 1);
        a.Bind(skip);
        a.Jump(copy);

        a.Bind(end);
        a.Move(Rdx, Rbx);
        a.Compare(Rdi, Rsp);
        a.JumpIf(Equal, named);
        a.Move(Rax, '/');
        a.StoreByte(Rdi, 0, Rax);
        a.Add(Rdi, 1);
        a.Bind(named);
        a.Add(R8, 1);
        a.Bind(name);
        a.Compare(Rdi, R8);
        a.JumpIf(Equal, tooLong);
        a.LoadByte(Rax, Rdx, 0);
        a.StoreByte(Rdi, 0, Rax);
        a.Add(Rdi, 1);
        a.Add(Rdx, 1);
        a.Compare(Rax, 0);
        a.JumpIf(NotEqual, name);
    }

    /// <summary>Says why and exits. rax = the negative error, 0 when a search found nothing (which falls in).</summary>
    static void Failures(X64Assembler a, X64Label ended)
    {
        var (report, write) = (a.NewLabel(), a.NewLabel());
        a.Bind(ended);
        Case(a, 0, 127, "\": executable file not found in $PATH\n", report);
        Case(a, NoEntry, 127, "\": no such file or directory\n", report);
        Case(a, NotDirectory, 127, "\": not a directory\n", report);
        Case(a, NoAccess, 126, "\": permission denied\n", report);
        Case(a, NoExec, 126, "\": exec format error\n", report);
        Reason(a, 126, "\": cannot be executed\n", report);

        a.Bind(report);
        var start = a.NewLabel();
        a.Address(Rsi, start);
        a.Call(write);
        a.Move(Rsi, Rbx);
        a.Call(write);
        a.Move(Rsi, R15);
        a.Call(write);
        a.Move(Rdi, R14);
        a.Call(X64SystemCall.ExitGroup);
        a.Bind(start);
        a.Text("docker-init: exec: \"");

        // Writes the string at rsi to standard error.
        var (length, counted) = (a.NewLabel(), a.NewLabel());
        a.Bind(write);
        a.Move(Rdx, Rsi);
        a.Bind(length);
        a.LoadByte(Rax, Rdx, 0);
        a.Compare(Rax, 0);
        a.JumpIf(Equal, counted);
        a.Add(Rdx, 1);
        a.Jump(length);
        a.Bind(counted);
        a.Subtract(Rdx, Rsi);
        a.Move(Rdi, 2);
        a.Call(X64SystemCall.Write);
        a.Return();
    }

    static void Case(X64Assembler a, int error, int exitCode, string text, X64Label report)
    {
        var other = a.NewLabel();
        a.Compare(Rax, -error);
        a.JumpIf(NotEqual, other);
        Reason(a, exitCode, text, report);
        a.Bind(other);
    }

    /// <summary>r14 = exit code, r15 = reason.</summary>
    static void Reason(X64Assembler a, int exitCode, string text, X64Label report)
    {
        var message = a.NewLabel();
        a.Move(R14, exitCode);
        a.Address(R15, message);
        a.Jump(report);
        a.Bind(message);
        a.Text(text);
    }
}
