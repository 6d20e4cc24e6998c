using System.Globalization;

namespace Pier.CompatTests;

/// <summary>
/// Kill any one of Pier's processes at any moment: no container dies, no log line is lost or written twice, no exit code is lost. Over the
/// shipped binary, with what a user would do.
/// </summary>
public sealed class UnbreakableTests : IAsyncLifetime
{
    const int Containers = 50,
        Lines = 250;

    readonly PierDaemon _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Fifty_writers_survive_the_daemon_and_the_supervisor_being_killed()
    {
        var pier = new Client("pier", _daemon);
        for (var i = 0; i < Containers; i++)
        {
            // Each ends with a code of its own; some of the ends fall into the gaps.
            var script = $"n=0; while [ $n -lt {Lines} ]; do echo line $n; n=$((n+1)); sleep 0.05; done; exit {i}";
            var run = await pier.RunAsync(
                "run",
                "-d",
                "--name",
                $"writer{i}",
                "--network",
                i % 5 == 0 ? "bridge" : "none",
                "busybox",
                "sh",
                "-c",
                script
            );
            Assert.Equal((0, ""), (run.Code, run.Error));
        }

        PierDaemon.Kill(DaemonPid());
        await Task.Delay(400);
        PierDaemon.Kill(_daemon.SupervisorPid("--serve"));
        await Task.Delay(400);
        _daemon.Start();
        await _daemon.WaitUntilReadyAsync();
        var known = await pier.RunAsync("ps", "-aq");
        Assert.Equal(Containers, known.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        // Once more with the daemon there, and the keeper too. Children of a keeper that is gone are init's: only from 6.15 on
        // (PIDFD_GET_INFO) is their status certain.
        PierDaemon.Kill(_daemon.SupervisorPid("--serve"));
        await Task.Delay(400);
        if (Environment.OSVersion.Version >= new Version(6, 15))
            PierDaemon.Kill(_daemon.SupervisorPid("supervisor"));

        for (var i = 0; i < Containers; i++)
        {
            var wait = await pier.RunAsync("wait", $"writer{i}");
            Assert.Equal((i, $"{i}\n"), (i, wait.Out));
        }
        var expected = string.Concat(Enumerable.Range(0, Lines).Select(n => $"line {n}\n"));
        for (var i = 0; i < Containers; i++)
        {
            var logs = await pier.RunAsync("logs", $"writer{i}");
            Assert.Equal((i, expected), (i, logs.Out));
        }
    }

    [Fact]
    public async Task A_restarted_daemon_takes_over_what_runs()
    {
        var pier = new Client("pier", _daemon);
        await pier.RunAsync("run", "-d", "--name", "kept", "busybox", "sh", "-c", "trap 'exit 5' TERM; while true; do sleep 0.1; done");
        var before = await pier.RunAsync("inspect", "--format", "{{.State.Pid}} {{.NetworkSettings.IPAddress}}", "kept");
        PierDaemon.Kill(DaemonPid());
        _daemon.Start();
        await _daemon.WaitUntilReadyAsync();

        Assert.Equal(before.Out, (await pier.RunAsync("inspect", "--format", "{{.State.Pid}} {{.NetworkSettings.IPAddress}}", "kept")).Out);
        var exec = await pier.RunAsync("exec", "kept", "sh", "-c", "echo inside; exit 3");
        Assert.Equal((3, "inside\n"), (exec.Code, exec.Out));
        var other = await pier.RunAsync("run", "--rm", "busybox", "hostname", "-i");
        Assert.NotEqual(before.Out.Split(' ')[1], other.Out);
        Assert.Equal("kept\n", (await pier.RunAsync("stop", "-t", "5", "kept")).Out);
        Assert.Equal("5\n", (await pier.RunAsync("inspect", "--format", "{{.State.ExitCode}}", "kept")).Out);
        Assert.Equal(0, (await pier.RunAsync("start", "kept")).Code);
    }

    int DaemonPid() => int.Parse(File.ReadAllText(Path.Combine(_daemon.Directory, "exec", "pier.pid")), CultureInfo.InvariantCulture);
}
