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

        Kill(DaemonPid());
        await Task.Delay(400);
        Kill(SupervisorPid("--serve"));
        await Task.Delay(400);
        _daemon.Start();
        await _daemon.WaitUntilReadyAsync();
        var known = await pier.RunAsync("ps", "-aq");
        Assert.Equal(Containers, known.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        // Once more with the daemon there, and the keeper too. Children of a keeper that is gone are init's: only from 6.15 on
        // (PIDFD_GET_INFO) is their status certain.
        Kill(SupervisorPid("--serve"));
        await Task.Delay(400);
        if (Environment.OSVersion.Version >= new Version(6, 15))
            Kill(SupervisorPid("supervisor"));

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
        Kill(DaemonPid());
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

    /// <summary>
    /// The process of this daemon's supervisor pair that has a word in its command line; for "supervisor", the one without "--serve".
    /// </summary>
    int SupervisorPid(string word)
    {
        foreach (var process in System.IO.Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out var pid))
                continue;
            string[] words;
            try
            {
                words = File.ReadAllText(process + "/cmdline").Split('\0');
            }
            catch (IOException)
            {
                continue;
            }
            if (!words.Contains("supervisor") || !words.Contains(Path.Combine(_daemon.Directory, "exec")))
                continue;
            if (words.Contains("--serve") == (word == "--serve"))
                return pid;
        }
        throw new InvalidOperationException($"no supervisor process with {word} below {_daemon.Directory}");
    }

    /// <summary>Returns when the process is gone, or a zombie: its locks and sockets are free then.</summary>
    static void Kill(int pid)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-KILL", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        for (var i = 0; i < 200 && Lives(pid); i++)
            Thread.Sleep(10);
    }

    static bool Lives(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
