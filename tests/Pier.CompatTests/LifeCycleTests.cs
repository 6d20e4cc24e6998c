using System.Text.Json.Nodes;

namespace Pier.CompatTests;

/// <summary>What a container's state says and does at the corners of its life: restarting, paused, never started.</summary>
public sealed class LifeCycleTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    readonly string _name = "life" + Guid.NewGuid().ToString("N")[..8];
    readonly Wire _wire = new(daemon.Socket, seconds: 30);

    public void Dispose() => _wire.Dispose();

    async Task<string> Ok(params string[] arguments)
    {
        var result = await new Client("pier", daemon).RunAsync(arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return result.Out.Trim();
    }

    async Task<JsonNode> State() => (await _wire.GetAsync($"/containers/{_name}/json")).Json!["State"]!;

    async Task<JsonNode> Until(Func<JsonNode, bool> holds)
    {
        for (var i = 0; i < 400; i++)
        {
            var state = await State();
            if (holds(state))
                return state;
            await Task.Delay(25);
        }
        throw new InvalidOperationException($"the state never came: {await State()}");
    }

    /// <summary>One that the restart policy has given up bringing up quickly: seconds lie between two runs.</summary>
    async Task RestartingSlowly(params string[] options)
    {
        await Ok(["run", "-d", "--name", _name, "--network", "none", "--restart", "always", .. options, "busybox", "sh", "-c", "exit 5"]);
        for (var i = 0; i < 400; i++)
        {
            var answer = (await _wire.GetAsync($"/containers/{_name}/json")).Json!;
            if ((int)answer["RestartCount"]! >= 5 && (bool)answer["State"]!["Restarting"]!)
                return;
            await Task.Delay(25);
        }
        throw new InvalidOperationException("the restarts never came");
    }

    [Fact]
    public async Task A_stop_between_two_runs_tells_those_who_wait()
    {
        await RestartingSlowly();
        var waiting = _wire.PostAsync($"/containers/{_name}/wait");
        await Ok("stop", _name);
        Assert.Equal(5, (int)(await waiting).Json!["StatusCode"]!);
        Assert.Equal("exited", (string?)(await State())["Status"]);
        await Ok("rm", _name);
    }

    [Fact]
    public async Task A_restart_that_fails_tells_those_who_wait_why()
    {
        var source = Directory.CreateDirectory(Path.Combine(daemon.Directory, _name));
        await RestartingSlowly("--mount", $"type=bind,src={source.FullName},dst=/x");
        var waiting = _wire.PostAsync($"/containers/{_name}/wait");
        source.Delete();
        var answer = (await waiting).Json!;
        Assert.Contains("no such file or directory", (string?)answer["Error"]?["Message"] ?? "");
        Assert.Equal("exited", (string?)(await State())["Status"]);
        await Ok("rm", _name);
    }

    [Fact]
    public async Task A_running_container_does_not_show_its_last_exit()
    {
        await Ok("run", "-d", "--name", _name, "--network", "none", "busybox", "sleep", "600");
        await Ok("kill", _name);
        Assert.Equal(137, (int)(await Until(s => !(bool)s["Running"]!))["ExitCode"]!);
        await Ok("start", _name);
        var state = await State();
        Assert.Equal((true, 0), ((bool)state["Running"]!, (int)state["ExitCode"]!));
        await Ok("rm", "-f", _name);
    }

    [Fact]
    public async Task Waiting_for_one_that_could_not_start_tells_why()
    {
        await Ok("create", "--name", _name, "--network", "none", "busybox", "nosuch");
        Assert.Equal(400, (await _wire.PostAsync($"/containers/{_name}/start")).Status);
        var answer = (await _wire.PostAsync($"/containers/{_name}/wait")).Json!;
        Assert.Equal(127, (int)answer["StatusCode"]!);
        Assert.Contains("executable file not found", (string?)answer["Error"]?["Message"] ?? "");
        await Ok("rm", _name);
    }

    // The command ends by either signal; only the container's own says that it shall stay down.
    [Theory]
    [InlineData("USR1", "exited")]
    [InlineData("TERM", "running")]
    public async Task A_kill_by_the_stop_signal_is_a_stop(string signal, string status)
    {
        const string Command = "trap 'exit 3' USR1 TERM; echo ready; while :; do sleep 0.05; done";
        await Ok([
            "run",
            "-d",
            "--name",
            _name,
            "--network",
            "none",
            "--restart",
            "always",
            "--stop-signal",
            "USR1",
            "busybox",
            "sh",
            "-c",
            Command,
        ]);
        await Ready(1);
        var first = (string?)(await State())["StartedAt"];
        await Ok("kill", "-s", signal, _name);
        var state = await Until(s => (string?)s["Status"] == status && (status == "exited" || (string?)s["StartedAt"] != first));
        Assert.Equal(status == "exited" ? 3 : 0, (int)state["ExitCode"]!);
        await Ok("rm", "-f", _name);
    }

    [Fact]
    public async Task A_paused_container_takes_its_stop_signal_and_keeps_others_for_later()
    {
        const string Command = "trap 'echo noted' USR1; trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done";
        await Ok(["run", "-d", "--name", _name, "--network", "none", "busybox", "sh", "-c", Command]);
        await Ready(1);
        await Ok("pause", _name);
        await Ok("kill", "-s", "USR1", _name);
        Assert.True((bool)(await State())["Paused"]!);
        await Ok("kill", "-s", "TERM", _name);
        Assert.Equal(3, (int)(await Until(s => (string?)s["Status"] == "exited"))["ExitCode"]!);
        Assert.Contains("noted", await Ok("logs", _name));
        await Ok("rm", _name);
    }

    [Fact]
    public async Task A_network_of_a_container_that_comes_later_is_found_by_name()
    {
        await Ok("create", "--name", _name, "--network", $"container:{_name}-owner", "busybox", "hostname");
        var refused = await _wire.PostAsync($"/containers/{_name}/start");
        Assert.Equal((404, $"No such container: {_name}-owner"), (refused.Status, refused.Message));
        await Ok("run", "-d", "--name", _name + "-owner", "-h", "theirs", "--add-host", "more:10.9.8.7", "busybox", "sleep", "600");
        // It has the other's name, and the other's very files: what changes there changes here.
        Assert.Equal("theirs", await Ok("start", "-a", _name));
        var shared = await Ok("run", "--rm", "--network", $"container:{_name}-owner", "busybox", "cat", "/etc/hostname", "/etc/hosts");
        Assert.StartsWith("theirs\n", shared);
        Assert.Contains("10.9.8.7\tmore\n", shared);
        Assert.EndsWith("\ttheirs", shared);
        await Ok("run", "--rm", "--network", $"container:{_name}-owner", "busybox", "sh", "-c", "echo 10.9.8.6 added >> /etc/hosts");
        Assert.EndsWith("10.9.8.6 added", await Ok("exec", _name + "-owner", "cat", "/etc/hosts"));
        await Ok("rm", "-f", _name, _name + "-owner");
    }

    async Task Ready(int times)
    {
        for (var i = 0; i < 400; i++)
        {
            if ((await Ok("logs", _name)).Split("ready").Length > times)
                return;
            await Task.Delay(25);
        }
        throw new InvalidOperationException("the command never came up");
    }
}
