using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;

namespace Pier.KernelTests.Linux.Launch;

public class LauncherTests
{
    const ulong AllNamespaces =
        TestPrograms.NewMount
        | TestPrograms.NewCgroup
        | TestPrograms.NewUts
        | TestPrograms.NewIpc
        | TestPrograms.NewPid
        | TestPrograms.NewNet;

    [Fact]
    public void A_program_runs_in_new_namespaces_and_its_exit_code_comes_back()
    {
        using var launcher = new Launcher();
        Assert.Equal(new ProcessStatus(0, null), Run(launcher, TestPrograms.Command(["/bin/busybox", "true"], AllNamespaces)));
        // A new pid namespace makes the process number 1, a new uts namespace takes a new name.
        Assert.Equal(
            new ProcessStatus(7, null),
            Run(launcher, TestPrograms.Command(["/bin/busybox", "sh", "-c", "test $$ = 1 && hostname inside && exit 7"], AllNamespaces))
        );
    }

    [Fact]
    public void A_signal_is_told_apart_from_an_exit_code()
    {
        using var launcher = new Launcher();
        Assert.Equal(new ProcessStatus(137, 9), Run(launcher, TestPrograms.Command(["/bin/busybox", "sh", "-c", "kill -9 $$"])));
    }

    [Fact]
    public void A_failing_op_reports_its_index_and_errno_and_leaves_no_child()
    {
        using var launcher = new Launcher();
        var program = TestPrograms.Command(["/nonexistent/command"]);
        using var loaded = new LoadedProgram(program, []);
        var result = launcher.Launch(loaded);
        Assert.True(result.Failed);
        Assert.Equal(program.Ops.Count - 1, result.FailedOp);
        Assert.Equal(Errno.ENOENT, result.Errno);
        Assert.Equal("process.args", program.Subjects[result.FailedOp]);
        Assert.Null(result.PidFd);
    }

    [Fact]
    public void A_forked_program_reports_through_the_error_pipe()
    {
        using var launcher = new Launcher();
        var (read, write) = Pipe.Create();
        using var loaded = new LoadedProgram(TestPrograms.Command(["/nonexistent/command"]), []);
        var result = launcher.Launch(loaded, LaunchMode.Fork, write);
        write.Dispose();
        var report = new byte[8];
        Assert.Equal(8, Pipe.Read(read, report).Count);
        Assert.Equal(Errno.ENOENT, BitConverter.ToInt32(report, 4));
        Assert.Equal(127, PidFd.Wait(result.PidFd!).Code);
        read.Dispose();
    }

    [Fact]
    public void A_program_that_clones_again_makes_the_second_child_ours()
    {
        using var launcher = new Launcher();
        // The first child enters a new pid namespace for its children (as exec joins one), the second is its pid 1.
        var builder = new ProgramBuilder();
        var child = builder.NewLabel();
        builder.Call(Syscall.Unshare, TestPrograms.NewPid);
        builder.Clone((ulong)(CloneFlags.Parent | CloneFlags.ParentSetTid | CloneFlags.SignalChild), child);
        builder.Call(Syscall.ExitGroup, 0);
        builder.Bind(child);
        ProgramPrologue.Unblock(builder);
        builder.Call(
            Syscall.Execve,
            builder.Text("/bin/busybox"),
            builder.Vector(["/bin/busybox", "sh", "-c", "exit $(($$ + 40))"]),
            builder.Vector([])
        );
        using var loaded = new LoadedProgram(builder.Build(), []);
        var result = launcher.Launch(loaded);
        Assert.False(result.Failed);
        Assert.Equal(41, PidFd.Wait(result.PidFd!).Code);
    }

    [Fact]
    public void A_failure_after_the_second_clone_is_reported_and_both_children_are_reaped()
    {
        using var launcher = new Launcher();
        var builder = new ProgramBuilder();
        var child = builder.NewLabel();
        builder.Clone((ulong)(CloneFlags.Parent | CloneFlags.ParentSetTid | CloneFlags.SignalChild), child);
        builder.Call(Syscall.ExitGroup, 0);
        builder.Bind(child);
        builder.Call(Syscall.Chdir, builder.Text("/nonexistent"));
        builder.Call(Syscall.ExitGroup, 0);
        using var loaded = new LoadedProgram(builder.Build(), []);
        var result = launcher.Launch(loaded);
        Assert.Equal((2, Errno.ENOENT), (result.FailedOp, result.Errno));
    }

    [Fact]
    public void Imports_reach_the_program_and_nothing_else_does()
    {
        using var launcher = new Launcher();
        var (read, write) = Pipe.Create();
        var (inRead, inWrite) = Pipe.Create();
        var program = TestPrograms.Command(["/bin/busybox", "ls", "/proc/self/fd"], stdio: true);
        using (var loaded = new LoadedProgram(program, [inRead, write, write]))
        {
            var result = launcher.Launch(loaded);
            write.Dispose();
            Assert.Equal(0, PidFd.Wait(result.PidFd!).Code);
        }
        var buffer = new byte[4096];
        var text = System.Text.Encoding.UTF8.GetString(buffer, 0, Pipe.Read(read, buffer).Count);
        Assert.Equal(["0", "1", "2", "3"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries)); // 3 is ls's own
        foreach (var fd in new[] { read, inRead, inWrite })
            fd.Dispose();
    }

    static ProcessStatus Run(Launcher launcher, LaunchProgram program)
    {
        using var loaded = new LoadedProgram(program, Array.Empty<SafeFileHandle>());
        var result = launcher.Launch(loaded);
        Assert.False(result.Failed, result.Failed ? $"{program.Subjects[result.FailedOp]}: {Errno.Describe(result.Errno)}" : "");
        using (result.PidFd)
            return PidFd.Wait(result.PidFd!);
    }
}
