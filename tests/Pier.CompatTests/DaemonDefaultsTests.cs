using System.Diagnostics;

namespace Pier.CompatTests;

/// <summary>A daemon with a daemon.json that changes what containers get.</summary>
public sealed class ConfiguredDaemon : PierDaemon
{
    public string ConfigFile => Path.Combine(Directory, "daemon.json");

    public ConfiguredDaemon()
    {
        System.IO.Directory.CreateDirectory(Directory);
        Write("info");
        MoreArguments = ["--config-file", ConfigFile];
        // As nohup does: a signal that a shell had ignored is handled all the same.
        Launcher = ["env", "--ignore-signal=HUP"];
    }

    public void Write(string level) =>
        File.WriteAllText(
            ConfigFile,
            $$$"""
            {"init": true, "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 4000, "Soft": 300}, "nproc": {"Name": "nproc", "Hard": 999, "Soft": 999}}, "default-shm-size": "8m",
             "log-level": "{{{level}}}", "log-driver": "local", "log-opts": {"max-size": "1m"}, "live-restore": true}
            """
        );
}

/// <summary>daemon.json's defaults reach containers.</summary>
public sealed class DaemonDefaultsTests(ConfiguredDaemon daemon) : IClassFixture<ConfiguredDaemon>, IDisposable
{
    Client Pier => new("pier", daemon);

    public void Dispose() => daemon.Write("info");

    [Fact]
    public async Task Containers_get_them_and_may_say_otherwise()
    {
        Assert.Equal(
            "300 4000 999\n",
            await Pier.OutputAsync(
                "run",
                "--rm",
                "--network",
                "none",
                "busybox",
                "sh",
                "-c",
                "echo $(ulimit -Sn) $(ulimit -Hn) $(ulimit -u)"
            )
        );
        Assert.Equal(
            "77\n",
            await Pier.OutputAsync("run", "--rm", "--network", "none", "--ulimit", "nofile=77", "busybox", "sh", "-c", "ulimit -n")
        );
        Assert.Contains("8.0M", await Pier.OutputAsync("run", "--rm", "--network", "none", "busybox", "df", "-h", "/dev/shm"));
        Assert.Contains("docker-init", await Pier.OutputAsync("run", "--rm", "--network", "none", "busybox", "cat", "/proc/1/cmdline"));
        Assert.DoesNotContain(
            "docker-init",
            await Pier.OutputAsync("run", "--rm", "--network", "none", "--init=false", "busybox", "cat", "/proc/1/cmdline")
        );
        await Pier.OutputAsync("run", "--name", "defaults", "--network", "none", "busybox", "echo", "hello");
        Assert.Equal(
            "local 1m\n",
            await Pier.OutputAsync(
                "inspect",
                "--format",
                "{{.HostConfig.LogConfig.Type}} {{index .HostConfig.LogConfig.Config \"max-size\"}}",
                "defaults"
            )
        );
        Assert.Equal("hello\n", await Pier.OutputAsync("logs", "defaults"));
        await Pier.OutputAsync("run", "-d", "--name", "execs", "--network", "none", "busybox", "sleep", "1000");
        Assert.Equal("300\n", await Pier.OutputAsync("exec", "execs", "sh", "-c", "ulimit -n"));
    }

    [Fact]
    public async Task A_hangup_reads_the_log_level_again()
    {
        daemon.Write("debug");
        foreach (var process in Process.GetProcesses().Where(p => Line(p).Contains(daemon.ConfigFile, StringComparison.Ordinal)))
            await Commands.RunAsync("kill", "-HUP", $"{process.Id}");
        for (var i = 0; i < 200 && !daemon.Log.Contains("log level debug"); i++)
            await Task.Delay(20);
        Assert.Contains("reloaded the configuration: log level debug", daemon.Log);
        await Pier.OutputAsync("version");
    }

    [Fact]
    public async Task A_log_driver_that_does_not_exist_keeps_the_daemon_from_starting()
    {
        var run = await Commands.RunAsync(
            PierDaemon.Binary,
            "daemon",
            "--data-root",
            daemon.Directory + "/bad",
            "--exec-root",
            daemon.Directory + "/badexec",
            "--bridge",
            "none",
            "--log-driver",
            "nope"
        );
        Assert.NotEqual(0, run.Code);
        Assert.Contains("failed to set log opts: logger: no log driver named 'nope' is registered", run.Error);
    }

    static string Line(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
