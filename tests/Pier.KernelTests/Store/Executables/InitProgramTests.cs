using Pier.Store.Executables;

namespace Pier.KernelTests.Store.Executables;

/// <summary>The init program as a plain process, and as pid 1 of a pid namespace of its own.</summary>
public sealed class InitProgramTests : IDisposable
{
    static readonly string[] AsPidOne = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

    readonly InitProcess init = new();

    [Theory]
    [InlineData(0, "true")]
    [InlineData(7, "sh", "-c", "exit 7")]
    [InlineData(255, "/bin/sh", "-c", "exit 255")]
    [InlineData(143, "sh", "-c", "kill -TERM $$")]
    [InlineData(137, "sh", "-c", "kill -KILL $$")]
    public void Ends_as_its_command_ended(int expected, params string[] command)
    {
        Assert.Equal((expected, "", ""), init.Run([init.File, "--", .. command]));
        Assert.Equal((expected, "", ""), init.Run([init.File, .. command]));
        Assert.Equal((expected, "", ""), init.Run([.. AsPidOne, init.File, "--", .. command]));
    }

    [Fact]
    public void Passes_arguments_and_environment_on() =>
        Assert.Equal(
            (0, "--||a b|m\n", ""),
            init.Run(["env", "MARK=m", init.File, "--", "sh", "-c", "echo \"$0|$1|$2|$MARK\"", "--", "", "a b"])
        );

    [Fact]
    public void The_command_gets_the_signal_mask_as_it_was()
    {
        var (_, output, _) = init.Python("signal.pthread_sigmask(signal.SIG_BLOCK, [10])", "grep", "SigBlk", "/proc/self/status");
        Assert.Equal("SigBlk:\t0000000000000200\n", output);
    }

    [Fact]
    public void An_inherited_disposition_loses_no_exit_code() =>
        Assert.Equal(9, init.Python("signal.signal(signal.SIGCHLD, signal.SIG_IGN)", "sh", "-c", "exit 9").Code);

    [Fact]
    public void The_command_has_a_group_of_its_own()
    {
        var (_, output, _) = init.Run([init.File, "sh", "-c", "cut -d' ' -f1,5 /proc/$$/stat"]);
        Assert.Single(output.Trim().Split(' ').Distinct());
    }

    [Fact]
    public void The_command_is_in_the_terminals_foreground()
    {
        var (_, output, _) = init.Run(["script", "-qec", $"{init.File} -- sh -c 'cut -d\" \" -f5,8 /proc/$$/stat'", "/dev/null"]);
        Assert.Single(output.Trim().Split(' ').Distinct());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(32)] // the C library keeps this one and the next for itself
    [InlineData(33)]
    [InlineData(64)]
    public void Passes_signals_on(int signal)
    {
        File.WriteAllText(Path.Combine(init.Directory, "ready"), "ready\n");
        // No shell: dash takes a SIGINT for itself between its last word and exec.
        var (code, _, _) = init.RunAndSignal(signal, "tail", "-f", "ready");
        Assert.Equal(128 + signal, code);
    }

    [Fact]
    public void The_command_decides_what_a_signal_does()
    {
        var (code, output, _) = init.RunAndSignal(
            15,
            "sh",
            "-c",
            "trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
        );
        Assert.Equal((3, "asked\n"), (code, output));
    }

    [Fact]
    public void Signals_from_inside_the_namespace_reach_the_command() =>
        Assert.Equal(
            (5, "", ""),
            init.Run([.. AsPidOne, init.File, "sh", "-c", "trap 'exit 5' TERM; kill -TERM 1; for i in $(seq 200); do sleep 0.05; done"])
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // as a subreaper
    public void Orphans_are_reaped(bool pidOne)
    {
        const string script = """
            import os, time
            gate, opener = os.pipe()
            for _ in range(100):
                if os.fork() == 0:
                    if os.fork() == 0:
                        os.close(opener)
                        os.read(gate, 1)
                    os._exit(0)
                os.wait()
            def orphans():
                found = 0
                for pid in filter(str.isdigit, os.listdir('/proc')):
                    try: fields = open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()
                    except OSError: continue
                    found += int(fields[1]) == os.getppid() and int(pid) != os.getpid()
                return found
            print(orphans())
            os.close(opener)
            deadline = time.monotonic() + 20
            while orphans() and time.monotonic() < deadline: time.sleep(0.02)
            print(orphans())
            """;
        Assert.Equal((0, "100\n0\n", ""), init.Run([.. pidOne ? AsPidOne : [], init.File, "--", "python3", "-c", script]));
    }

    [Fact]
    public void A_running_orphan_does_not_outlive_pid_one()
    {
        // The orphan holds the standard output: its end is seen when the orphan is gone.
        var (code, output, _) = init.Run([.. AsPidOne, init.File, "sh", "-c", "(sleep 300 &); echo done; exit 4"]);
        Assert.Equal((4, "done\n"), (code, output));
    }

    [Fact]
    public void Says_what_it_needs()
    {
        var expected = (1, "", "usage: docker-init [--] COMMAND [ARGUMENT...]\n");
        Assert.Equal(expected, init.Run([init.File]));
        Assert.Equal(expected, init.Run([init.File, "--"]));
    }

    [Fact]
    public void Says_when_no_process_can_be_started()
    {
        // Limits of processes do not bind root.
        var (code, _, error) = init.Run([
            "prlimit",
            "--nproc=1",
            "setpriv",
            "--reuid",
            "64123",
            "--regid",
            "64123",
            "--clear-groups",
            init.File,
            "true",
        ]);
        Assert.Equal((1, "docker-init: cannot start a process\n"), (code, error));
    }

    public void Dispose() => init.Dispose();
}
