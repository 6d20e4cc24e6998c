using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>
/// The last part: finding the file as a shell would, then filter, final capabilities and execve with nothing in between that a strict
/// filter could forbid.
/// </summary>
sealed class ExecSection(Compilation c, Process process, UserSection user, SeccompProgram? seccomp)
{
    const int ExecutePermission = 1;

    /// <summary>
    /// Goes to the working directory as the user. Magic links are refused: no descriptor of the engine can be reached (CVE-2024-21626).
    /// </summary>
    public void WorkingDirectory()
    {
        if (!process.Cwd.StartsWith('/'))
            throw Compilation.Invalid("process.cwd", "Cwd must be an absolute path");
        c.Builder.About($"process.cwd {process.Cwd}");
        var root = c.Builder.CallInto(
            Syscall.Openat,
            MountCalls.AtFdcwd,
            c.Builder.Text("/"),
            OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec,
            0
        );
        var parts = Targets.Components(process.Cwd);
        var directory = c.Open(
            root,
            parts.Length == 0 ? "." : string.Join('/', parts),
            OpenFlags.Path | OpenFlags.Directory,
            Compilation.InRoot
        );
        c.Builder.Call(Syscall.Fchdir, directory);
    }

    /// <summary>Makes a working directory that is missing, as root, before the root may become read-only.</summary>
    public void MakeWorkingDirectory(Slot root)
    {
        if (Targets.Components(process.Cwd).Length == 0)
            return;
        c.Builder.About($"process.cwd {process.Cwd}");
        Targets.OpenOrCreate(c, root, process.Cwd, directory: true);
    }

    public void Execute()
    {
        if (process.Args is not { Count: > 0 })
            throw Compilation.Invalid("process.args", "args must not be empty");
        var name = process.Args[0];
        if (name.Contains('/'))
            ExecutePath(name);
        else
            Search(name);
    }

    void ExecutePath(string path)
    {
        var b = c.Builder;
        RefuseMagicLink(path);
        b.About(ExecSubject.Stat(path)).Call(Syscall.Faccessat, MountCalls.AtFdcwd, b.Text(path), 0);
        b.About(ExecSubject.Permission(path)).Call(Syscall.Faccessat, MountCalls.AtFdcwd, b.Text(path), ExecutePermission);
        Label ordinary = b.NewLabel();
        b.CallOrJump(
            0,
            ordinary,
            Syscall.Openat,
            MountCalls.AtFdcwd,
            b.Text(path),
            OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec,
            0
        );
        // O_PATH|O_DIRECTORY opened it: a directory. execve refuses it, which ends the program with the right subject.
        b.About(ExecSubject.Directory(path)).Call(Syscall.Execve, b.Text(path), Arguments, Environment);
        b.Bind(ordinary);
        Tail(path);
    }

    /// <summary>
    /// The entry point must not be /proc/self/exe or a link to it: that is this program's own file on the host (CVE-2019-5736). What is
    /// merely missing is told by the ops after.
    /// </summary>
    void RefuseMagicLink(string path)
    {
        var b = c.Builder.About(ExecSubject.Permission(path));
        var fine = b.NewLabel();
        var how = c.How(OpenFlags.Path, OpenFlags.ResolveNoMagiclinks);
        b.CallOrJump(Errno.ENOENT, fine, Syscall.Openat2, MountCalls.AtFdcwd, b.Text(path), how, OpenHow.Size);
        b.Bind(fine);
    }

    void Search(string name)
    {
        var b = c.Builder;
        if (name.Length > 0)
        {
            foreach (var directory in SearchPath())
            {
                var path = directory.Length == 0 ? "./" + name : directory.TrimEnd('/') + "/" + name;
                Label next = b.NewLabel(),
                    ordinary = b.NewLabel();
                b.About(ExecSubject.Search(name));
                b.CallOrJump(
                    0,
                    next,
                    Syscall.Openat2,
                    MountCalls.AtFdcwd,
                    b.Text(path),
                    c.How(OpenFlags.Path, OpenFlags.ResolveNoMagiclinks),
                    OpenHow.Size
                );
                b.CallOrJump(0, next, Syscall.Faccessat, MountCalls.AtFdcwd, b.Text(path), ExecutePermission);
                b.CallOrJump(
                    0,
                    ordinary,
                    Syscall.Openat,
                    MountCalls.AtFdcwd,
                    b.Text(path),
                    OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec,
                    0
                );
                b.Jump(next);
                b.Bind(ordinary);
                Tail(path);
                b.Bind(next);
            }
        }
        // The empty path is never found: ENOENT.
        b.About(ExecSubject.Search(name)).Call(Syscall.Execve, b.Text(""), Arguments, Environment);
    }

    /// <summary>From here to execve only capset, prctl, rt_sigprocmask and execve itself pass the container's own filter.</summary>
    void Tail(string path)
    {
        var b = c.Builder;
        WaitForStart();
        var needsPrivilege = seccomp is not null && !process.NoNewPrivileges;
        if (seccomp is not null)
        {
            b.About("linux.seccomp").Call(Syscall.Seccomp, Linux.Seccomp.SeccompCalls.SetModeFilter, seccomp.Flags, Filter(seccomp));
            if (needsPrivilege)
                user.SetCapabilities(0);
        }
        user.RaiseAmbient();
        b.About("signal mask").Call(Syscall.RtSigprocmask, 2, EmptyMask, 0, 8);
        b.About(ExecSubject.Execute(path)).Call(Syscall.Execve, b.Text(path), Arguments, Environment);
    }

    /// <summary>
    /// Moves the two descriptors of a process that waits for its start to the lowest free places; the answer is how many they are.
    /// </summary>
    public int KeepStartDescriptors()
    {
        if (!c.Facts.WaitsForStart)
            return 0;
        int ready = 3 + c.Facts.PreservedFds,
            start = ready + 1;
        var b = c.Builder.About("start");
        b.Call(Syscall.Dup3, c.Imported("ready"), ready, OpenFlags.CloseOnExec);
        b.Call(Syscall.Dup3, c.Imported("start"), start, OpenFlags.CloseOnExec);
        return 2;
    }

    /// <summary>
    /// The creator may end while this process waits, and others may wait for the end of what the creator had open: everything else is
    /// closed before it is told.
    /// </summary>
    void WaitForStart()
    {
        if (!c.Facts.WaitsForStart)
            return;
        int ready = 3 + c.Facts.PreservedFds,
            start = ready + 1;
        var b = c.Builder.About("start");
        b.Call(Syscall.CloseRange, start + 1, uint.MaxValue, 0);
        b.Call(Syscall.Write, ready, b.Text("r"), 1);
        b.Call(Syscall.Close, ready);
        b.Call(Syscall.Read, start, Scratch, 1);
    }

    IEnumerable<string> SearchPath()
    {
        var path = process.Env?.LastOrDefault(e => e.StartsWith("PATH=", StringComparison.Ordinal));
        return path is null ? [] : path["PATH=".Length..].Split(':');
    }

    DataPointer? _arguments,
        _environment,
        _mask,
        _scratch,
        _filter;

    DataPointer Arguments => _arguments ??= c.Builder.Vector(process.Args);
    DataPointer Environment => _environment ??= c.Builder.Vector(process.Env ?? []);
    DataPointer EmptyMask => _mask ??= c.Builder.Bytes(new byte[8]);
    DataPointer Scratch => _scratch ??= c.Builder.Bytes(new byte[8]);

    // struct sock_fprog: length, then a pointer to the instructions.
    DataPointer Filter(SeccompProgram program)
    {
        if (_filter is { } known)
            return known;
        var header = new byte[16];
        BitConverter.TryWriteBytes(header, (ushort)(program.Instructions.Length / 8));
        var instructions = c.Builder.Bytes(program.Instructions.Span);
        var pointer = c.Builder.Bytes(header);
        c.Builder.Point(pointer, 8, instructions);
        _filter = pointer;
        return pointer;
    }
}
