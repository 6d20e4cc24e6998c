using System.Text.Json;

namespace Pier.CompatTests;

/// <summary>Health checks, stats and update through docker's client and through pier's.</summary>
public sealed class HealthTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    Client With(string name) => Client.OrSkip(name, daemon);

    static string Unique(string prefix) => prefix + Guid.NewGuid().ToString("n")[..8];

    static async Task Until(Func<Task<bool>> holds, string what)
    {
        for (var end = DateTime.UtcNow + Patience; !await holds(); await Task.Delay(50))
            Assert.True(DateTime.UtcNow < end, what);
    }

    static Task UntilStatus(Client client, string container, string status) =>
        Until(
            async () =>
                (await client.OutputAsync("ps", "--format", "{{.Status}}", "--filter", "name=" + container)).Contains($"({status})"),
            $"{container} is not {status}"
        );

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_container_becomes_unhealthy_and_healthy_again(string name)
    {
        var client = With(name);
        var container = Unique("health");
        await client.OutputAsync(
            "run",
            "-d",
            "--name",
            container,
            "--network",
            "none",
            "--health-cmd",
            "echo probed; test -f /tmp/good",
            "--health-interval",
            "100ms",
            "--health-retries",
            "2",
            "busybox",
            "sleep",
            "1000"
        );
        await UntilStatus(client, container, "unhealthy");
        Assert.Contains(container, await client.OutputAsync("ps", "--filter", "health=unhealthy"));
        await client.OutputAsync("exec", container, "touch", "/tmp/good");
        await UntilStatus(client, container, "healthy");
        using var health = JsonDocument.Parse(await client.OutputAsync("inspect", "--format", "{{json .State.Health}}", container));
        Assert.Equal(
            ("healthy", 0),
            (health.RootElement.GetProperty("Status").GetString(), health.RootElement.GetProperty("FailingStreak").GetInt32())
        );
        var results = health.RootElement.GetProperty("Log");
        Assert.InRange(results.GetArrayLength(), 1, 5);
        Assert.Equal("probed\n", results[0].GetProperty("Output").GetString());
        // docker's client asks by the whole second: the one that the event lies in has to be over.
        await Task.Delay(1100);
        var events = await client.OutputAsync(
            "events",
            "--since",
            "60s",
            "--until",
            "0s",
            "--filter",
            "container=" + container,
            "--filter",
            "event=health_status",
            "--format",
            "{{.Action}}"
        );
        Assert.Equal("health_status: unhealthy\nhealth_status: healthy\n", events);
        await client.OutputAsync("stop", "-t", "0", container);
        Assert.Equal("unhealthy\n", await client.OutputAsync("inspect", "--format", "{{.State.Health.Status}}", container));
    }

    [SkippableFact]
    public async Task A_probe_that_hangs_is_ended_with_what_it_started_and_its_output_is_bounded()
    {
        var client = With("docker");
        var (hangs, loud) = (Unique("hangs"), Unique("loud"));
        await client.OutputAsync(
            "run",
            "-d",
            "--init",
            "--name",
            hangs,
            "--network",
            "none",
            "--health-cmd",
            "echo begun; sleep 4711 & sleep 4712; true",
            "--health-interval",
            "50ms",
            "--health-timeout",
            "200ms",
            "--health-retries",
            "2",
            "busybox",
            "sleep",
            "1000"
        );
        await client.OutputAsync(
            "run",
            "-d",
            "--name",
            loud,
            "--network",
            "none",
            "--health-cmd",
            "head -c 1000000 /dev/zero | tr '\\0' x",
            "--health-interval",
            "50ms",
            "busybox",
            "sleep",
            "1000"
        );
        await UntilStatus(client, hangs, "unhealthy");
        await UntilStatus(client, loud, "healthy");
        Assert.Equal(
            "Health check exceeded timeout (200ms): begun\n\n",
            await client.OutputAsync("inspect", "--format", "{{(index .State.Health.Log 0).Output}}", hangs)
        );
        Assert.Equal(
            new string('x', 4096) + "...\n",
            await client.OutputAsync("inspect", "--format", "{{(index .State.Health.Log 0).Output}}", loud)
        );
        await Until(
            async () => await client.OutputAsync("inspect", "--format", "{{len .State.Health.Log}}", hangs) == "5\n",
            "five probes have not ended"
        );
        var processes = await client.OutputAsync("top", hangs, "-eo", "pid,args");
        // Those of the probe that runs now, and of no other; its shell's line goes on after the number.
        Assert.InRange(processes.Split('\n').Count(l => l.TrimEnd().EndsWith("sleep 4711", StringComparison.Ordinal)), 0, 1);
        Assert.InRange(processes.Split('\n').Count(l => l.Contains("defunct")), 0, 2);
    }

    [SkippableTheory]
    [InlineData("--health-interval", "1us", "Interval in Healthcheck cannot be less than 1ms")]
    [InlineData("--health-timeout", "1us", "Timeout in Healthcheck cannot be less than 1ms")]
    [InlineData("--health-start-period", "1us", "StartPeriod in Healthcheck cannot be less than 1ms")]
    public async Task Times_that_are_too_short_are_refused(string option, string value, string message)
    {
        var run = await With("docker").RunAsync("run", "--rm", "--health-cmd", "true", option, value, "busybox", "true");
        Assert.Equal(125, run.Code);
        Assert.Contains("Error response from daemon: " + message, run.Error);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Stats_tell_what_a_container_uses(string name)
    {
        var client = With(name);
        var container = Unique("stats");
        await client.OutputAsync(
            "run",
            "-d",
            "--name",
            container,
            "--network",
            "none",
            "-m",
            "64m",
            "busybox",
            "sh",
            "-c",
            "while :; do :; done"
        );
        var row = (
            await client.OutputAsync(
                "stats",
                "--no-stream",
                "--format",
                "{{.Name}}|{{.CPUPerc}}|{{.MemUsage}}|{{.NetIO}}|{{.PIDs}}",
                container
            )
        )
            .Trim()
            .Split('|');
        Assert.Equal((container, "0B / 0B", "1"), (row[0], row[3], row[4]));
        Assert.EndsWith(" / 64MiB", row[2]);
        Assert.NotEqual("0.00%", row[1]);
        await client.OutputAsync("rm", "-f", container);
        Assert.Equal(
            (1, "", $"Error response from daemon: No such container: {container}\n"),
            await client.RunAsync("stats", "--no-stream", container) is var gone ? (gone.Code, gone.Out, gone.Error) : default
        );
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Limits_change_while_it_runs(string name)
    {
        var client = With(name);
        var container = Unique("update");
        await client.OutputAsync("run", "-d", "--name", container, "--network", "none", "-m", "64m", "busybox", "sleep", "1000");
        Assert.Equal(
            container + "\n",
            await client.OutputAsync(
                "update",
                "-m",
                "32m",
                "--memory-swap",
                "48m",
                "--pids-limit",
                "77",
                "--cpus",
                "0.5",
                "--restart",
                "on-failure:3",
                container
            )
        );
        Assert.Equal(
            "33554432 50331648 77 500000000 on-failure 3\n",
            await client.OutputAsync(
                "inspect",
                "--format",
                "{{with .HostConfig}}{{.Memory}} {{.MemorySwap}} {{.PidsLimit}} {{.NanoCpus}} {{.RestartPolicy.Name}} {{.RestartPolicy.MaximumRetryCount}}{{end}}",
                container
            )
        );
        Assert.EndsWith(" / 32MiB\n", await client.OutputAsync("stats", "--no-stream", "--format", "{{.MemUsage}}", container));
        var refused = await client.RunAsync("update", "-m", "1m", container);
        Assert.Equal((1, "Error response from daemon: Minimum memory limit allowed is 6MB\n"), (refused.Code, refused.Error));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_failing_container_is_restarted_as_often_as_its_policy_says(string name)
    {
        var client = With(name);
        var container = Unique("restart");
        await client.OutputAsync(
            "run",
            "-d",
            "--name",
            container,
            "--network",
            "none",
            "--restart",
            "on-failure:2",
            "busybox",
            "sh",
            "-c",
            "exit 3"
        );
        Assert.Equal("3\n", await client.OutputAsync("wait", container));
        await Until(
            async () =>
                await client.OutputAsync("inspect", "--format", "{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}", container)
                == "exited 2 3\n",
            "it is not restarted twice"
        );
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_command_that_cannot_be_executed_is_told(string name)
    {
        var client = With(name);
        var container = Unique("exec");
        await client.OutputAsync("run", "-d", "--name", container, "--network", "none", "busybox", "sleep", "1000");
        var run = await client.RunAsync("exec", container, "nosuch");
        Assert.Equal(127, run.Code);
        Assert.Contains("exec: \"nosuch\": executable file not found in $PATH", run.Out + run.Error);
    }
}
