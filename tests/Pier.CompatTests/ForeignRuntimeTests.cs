namespace Pier.CompatTests;

/// <summary>A daemon that knows Debian's runc and crun, and Pier's own runtime by its command line.</summary>
public sealed class ForeignRuntimeDaemon : PierDaemon
{
    public ForeignRuntimeDaemon() =>
        MoreArguments = [
            "--add-runtime",
            "runc=/usr/sbin/runc",
            "--add-runtime",
            "crun=crun",
            "--add-runtime",
            "own=" + Own(),
            "--add-runtime",
            "missing=/nonexistent/runtime",
        ];

    /// <summary>`pier runtime` as a program of its own, as other engines call it.</summary>
    static string Own()
    {
        var script = Path.Combine(Path.GetTempPath(), $"pier-runtime-{Guid.NewGuid():n}");
        File.WriteAllText(script, $"#!/bin/sh\nexec {Binary} runtime \"$@\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(script);
        return script;
    }
}

/// <summary>--runtime with other OCI runtimes.</summary>
public sealed class ForeignRuntimeTests(ForeignRuntimeDaemon daemon) : IClassFixture<ForeignRuntimeDaemon>
{
    Client Pier => new("pier", daemon);

    static string Unique(string prefix) => prefix + Guid.NewGuid().ToString("n")[..8];

    static void Need(string runtime) => Skip.If(runtime != "own" && !File.Exists("/usr/sbin/runc"), "runc is not installed");

    [SkippableTheory, InlineData("runc"), InlineData("own")]
    public async Task A_container_runs_to_its_end(string runtime)
    {
        Need(runtime);
        var run = await Pier.RunAsync([
            "run",
            "--rm",
            "--runtime",
            runtime,
            "-v",
            "/etc/hostname:/h:ro",
            "--tmpfs",
            "/t",
            "busybox",
            "sh",
            "-c",
            "cat /proc/1/cmdline | tr '\\0' ' '; ls -d /h /t; echo err >&2; exit 7",
        ]);
        Assert.Equal((7, "err\n"), (run.Code, run.Error));
        Assert.EndsWith("/h\n/t\n", run.Out);
        var input = await Pier.RunAsync(
            "hello\n"u8.ToArray(),
            ["run", "--rm", "-i", "--network", "none", "--runtime", runtime, "busybox", "cat"]
        );
        Assert.Equal((0, "hello\n"), (input.Code, input.Out));
        var (code, screen) = await Pier.OnTerminalAsync(
            $"run --rm -it --network none --runtime {runtime} busybox sh -c 'stty size; tty; exit 3'"
        );
        Assert.True(code == 3 && screen.Contains("33 101") && screen.Contains("/dev/pts/0"), screen);
        Assert.Empty(Directory.GetDirectories(Path.Combine(daemon.Directory, "exec", "bundles")));
    }

    [SkippableTheory, InlineData("runc"), InlineData("own")]
    public async Task Exec_pause_kill_update_stats_and_a_restart_of_the_daemon_work(string runtime)
    {
        Need(runtime);
        var name = Unique("foreign");
        await Pier.OutputAsync(
            "run",
            "-d",
            "--runtime",
            runtime,
            "--name",
            name,
            "--memory",
            "64m",
            "busybox",
            "sh",
            "-c",
            "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done"
        );
        Assert.Equal(runtime + "\n", await Pier.OutputAsync("inspect", "--format", "{{.HostConfig.Runtime}}", name));
        Assert.Equal("42\n", await Pier.OutputAsync("exec", name, "sh", "-c", "echo 42"));
        for (var i = 0; i < 5; i++)
            Assert.Equal(9, (await Pier.RunAsync("exec", name, "sh", "-c", "exit 9")).Code);
        await Pier.OutputAsync("pause", name);
        Assert.Equal("paused\n", await Pier.OutputAsync("inspect", "--format", "{{.State.Status}}", name));
        await Pier.OutputAsync("unpause", name);
        await Pier.OutputAsync("update", "--memory", "80m", "--memory-swap", "80m", name);
        Assert.Contains("80MiB", await Pier.OutputAsync("stats", "--no-stream", "--format", "{{.MemUsage}}", name));
        Assert.Contains("sleep", await Pier.OutputAsync("top", name));
        daemon.Crash();
        daemon.Start();
        await daemon.WaitUntilReadyAsync();
        Assert.Equal("true\n", await Pier.OutputAsync("inspect", "--format", "{{.State.Running}}", name));
        Assert.Equal("again\n", await Pier.OutputAsync("exec", name, "echo", "again"));
        await Pier.OutputAsync("kill", "-s", "TERM", name);
        Assert.Equal("5\n", await Pier.OutputAsync("wait", name));
        Assert.Equal("up\n", await Pier.OutputAsync("logs", name));
        await Pier.OutputAsync("start", name);
        await Pier.OutputAsync("rm", "-f", name);
        Assert.Empty(Directory.GetDirectories(Path.Combine(daemon.Directory, "exec", "bundles")));
        Assert.DoesNotContain(
            File.ReadLines("/proc/self/mountinfo"),
            l => l.Contains(daemon.Directory + "/exec/bundles", StringComparison.Ordinal)
        );
    }

    [SkippableFact]
    public async Task What_fails_is_told_in_the_runtimes_words_and_leaves_nothing()
    {
        Need("runc");
        var missing = await Pier.RunAsync("run", "--rm", "--network", "none", "--runtime", "runc", "busybox", "nosuchprogram");
        Assert.Equal(127, missing.Code);
        Assert.Contains("OCI runtime create failed: ", missing.Error);
        Assert.Contains("exec: \"nosuchprogram\": executable file not found in $PATH: unknown", missing.Error);
        Assert.Contains(
            "unknown or invalid runtime name: /usr/sbin/runc",
            (await Pier.RunAsync("run", "--rm", "--runtime", "/usr/sbin/runc", "busybox", "true")).Error
        );
        Assert.NotEqual(0, (await Pier.RunAsync("run", "--rm", "--network", "none", "--runtime", "missing", "busybox", "true")).Code);
        Assert.Empty(Directory.GetDirectories(Path.Combine(daemon.Directory, "exec", "bundles")));
        Assert.Empty(await Pier.OutputAsync("ps", "-aq"));
        Assert.Contains("\"runc\":{\"path\":\"/usr/sbin/runc\"", await Pier.OutputAsync("info", "--format", "{{json .Runtimes}}"));
    }

    [SkippableFact]
    public async Task Crun_runs_or_says_why_not()
    {
        Skip.IfNot(File.Exists("/usr/bin/crun"), "crun is not installed");
        var run = await Pier.RunAsync("run", "--rm", "--network", "none", "--runtime", "crun", "busybox", "echo", "hello");
        if (run.Code == 0)
            Assert.Equal("hello\n", run.Out);
        else
            // crun 1.8 takes neither hybrid nor v1 hierarchies
            Assert.Matches("OCI runtime create failed: .*(cgroup|file system)", run.Error);
        Assert.Empty(Directory.GetDirectories(Path.Combine(daemon.Directory, "exec", "bundles")));
    }
}
