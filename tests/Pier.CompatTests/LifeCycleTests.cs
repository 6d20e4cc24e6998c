using System.Text.Json.Nodes;

namespace Pier.CompatTests;

/// <summary>What a container's state says and does at the corners of its life: restarting, paused, never started.</summary>
public sealed class LifeCycleTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    readonly string _name = "life" + Guid.NewGuid().ToString("N")[..8];
    readonly Wire _wire = new(daemon.Socket, seconds: 30);

    public void Dispose() => _wire.Dispose();

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
        await new Client("pier", daemon).OkAsync([
            "run",
            "-d",
            "--name",
            _name,
            "--network",
            "none",
            "--restart",
            "always",
            .. options,
            "busybox",
            "sh",
            "-c",
            "echo run; exit 5",
        ]);
        for (var i = 0; i < 400; i++)
        {
            // The last run is over: a count of restarts says only that it was to begin.
            var runs = (await new Client("pier", daemon).OutputAsync("logs", _name)).Count(c => c == '\n');
            if (runs >= 6 && (bool)(await State())["Restarting"]!)
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
        await new Client("pier", daemon).OkAsync("stop", _name);
        Assert.Equal(5, (int)(await waiting).Json!["StatusCode"]!);
        Assert.Equal("exited", (string?)(await State())["Status"]);
        await new Client("pier", daemon).OkAsync("rm", _name);
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
        await new Client("pier", daemon).OkAsync("rm", _name);
    }

    [Fact]
    public async Task A_running_container_does_not_show_its_last_exit()
    {
        await new Client("pier", daemon).OkAsync("run", "-d", "--name", _name, "--network", "none", "busybox", "sleep", "600");
        await new Client("pier", daemon).OkAsync("kill", _name);
        Assert.Equal(137, (int)(await Until(s => !(bool)s["Running"]!))["ExitCode"]!);
        await new Client("pier", daemon).OkAsync("start", _name);
        var state = await State();
        Assert.Equal((true, 0), ((bool)state["Running"]!, (int)state["ExitCode"]!));
        await new Client("pier", daemon).OkAsync("rm", "-f", _name);
    }

    [Fact]
    public async Task Waiting_for_one_that_could_not_start_tells_why()
    {
        await new Client("pier", daemon).OkAsync("create", "--name", _name, "--network", "none", "busybox", "nosuch");
        Assert.Equal(400, (await _wire.PostAsync($"/containers/{_name}/start")).Status);
        var answer = (await _wire.PostAsync($"/containers/{_name}/wait")).Json!;
        Assert.Equal(127, (int)answer["StatusCode"]!);
        Assert.Contains("executable file not found", (string?)answer["Error"]?["Message"] ?? "");
        await new Client("pier", daemon).OkAsync("rm", _name);
    }

    // The command ends by either signal; only the container's own says that it shall stay down.
    [Theory]
    [InlineData("USR1", "exited")]
    [InlineData("TERM", "running")]
    public async Task A_kill_by_the_stop_signal_is_a_stop(string signal, string status)
    {
        const string Command = "trap 'exit 3' USR1 TERM; echo ready; while :; do sleep 0.05; done";
        await new Client("pier", daemon).OkAsync([
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
        await new Client("pier", daemon).OkAsync("kill", "-s", signal, _name);
        var state = await Until(s => (string?)s["Status"] == status && (status == "exited" || (string?)s["StartedAt"] != first));
        Assert.Equal(status == "exited" ? 3 : 0, (int)state["ExitCode"]!);
        await new Client("pier", daemon).OkAsync("rm", "-f", _name);
    }

    [Fact]
    public async Task A_paused_container_takes_its_stop_signal_and_keeps_others_for_later()
    {
        const string Command = "trap 'echo noted' USR1; trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done";
        await new Client("pier", daemon).OkAsync(["run", "-d", "--name", _name, "--network", "none", "busybox", "sh", "-c", Command]);
        await Ready(1);
        await new Client("pier", daemon).OkAsync("pause", _name);
        await new Client("pier", daemon).OkAsync("kill", "-s", "USR1", _name);
        Assert.True((bool)(await State())["Paused"]!);
        await new Client("pier", daemon).OkAsync("kill", "-s", "TERM", _name);
        Assert.Equal(3, (int)(await Until(s => (string?)s["Status"] == "exited"))["ExitCode"]!);
        Assert.Contains("noted", await new Client("pier", daemon).OkAsync("logs", _name));
        await new Client("pier", daemon).OkAsync("rm", _name);
    }

    [Fact]
    public async Task A_network_of_a_container_that_comes_later_is_found_by_name()
    {
        await new Client("pier", daemon).OkAsync("create", "--name", _name, "--network", $"container:{_name}-owner", "busybox", "hostname");
        var refused = await _wire.PostAsync($"/containers/{_name}/start");
        Assert.Equal((404, $"No such container: {_name}-owner"), (refused.Status, refused.Message));
        await new Client("pier", daemon).OkAsync(
            "run",
            "-d",
            "--name",
            _name + "-owner",
            "-h",
            "theirs",
            "--add-host",
            "more:10.9.8.7",
            "busybox",
            "sleep",
            "600"
        );
        // It has the other's name, and the other's very files: what changes there changes here.
        Assert.Equal("theirs", await new Client("pier", daemon).OkAsync("start", "-a", _name));
        var shared = await new Client("pier", daemon).OkAsync(
            "run",
            "--rm",
            "--network",
            $"container:{_name}-owner",
            "busybox",
            "cat",
            "/etc/hostname",
            "/etc/hosts"
        );
        Assert.StartsWith("theirs\n", shared);
        Assert.Contains("10.9.8.7\tmore\n", shared);
        Assert.EndsWith("\ttheirs", shared);
        await new Client("pier", daemon).OkAsync(
            "run",
            "--rm",
            "--network",
            $"container:{_name}-owner",
            "busybox",
            "sh",
            "-c",
            "echo 10.9.8.6 added >> /etc/hosts"
        );
        Assert.EndsWith("10.9.8.6 added", await new Client("pier", daemon).OkAsync("exec", _name + "-owner", "cat", "/etc/hosts"));
        await new Client("pier", daemon).OkAsync("rm", "-f", _name, _name + "-owner");
    }

    [Fact]
    public async Task An_exec_that_could_not_start_is_not_shown_as_running()
    {
        await new Client("pier", daemon).OkAsync("run", "-d", "--name", _name, "--network", "none", "busybox", "sleep", "600");
        var failed = await new Client("pier", daemon).RunAsync("exec", _name, "nosuch");
        Assert.Equal(127, failed.Code);
        Assert.Null((await _wire.GetAsync($"/containers/{_name}/json")).Json!["ExecIDs"]);
        await new Client("pier", daemon).OkAsync("rm", "-f", _name);
    }

    // Each of these requests meets the others at another point of the container's start or end.
    [Fact]
    public async Task A_forced_removal_wins_against_a_start_and_against_a_restart_policy()
    {
        foreach (var (command, policy) in ((string, string)[])[("sleep", "no"), ("true", "always")])
            for (var i = 0; i < 20; i++)
            {
                var body =
                    $$$"""{"Image":"busybox","Cmd":["{{{command}}}","600"],"HostConfig":{"NetworkMode":"none","RestartPolicy":{"Name":"{{{policy}}}"} } }""";
                Assert.Equal(201, (await _wire.PostAsync($"/containers/create?name={_name}", body)).Status);
                var starting = _wire.PostAsync($"/containers/{_name}/start");
                var listing = _wire.GetAsync("/containers/json?all=1&size=1");
                Assert.Equal(204, (await _wire.DeleteAsync($"/containers/{_name}?force=1")).Status);
                Assert.Contains((await starting).Status, (int[])[204, 404, 409]);
                Assert.Equal(200, (await listing).Status);
                Assert.Equal(404, (await _wire.GetAsync($"/containers/{_name}/json")).Status);
            }
    }

    // What waits behind a removal must not write the record again: the name may be another's by then, and the next daemon reads both.
    [Fact]
    public async Task What_comes_after_a_removal_leaves_no_trace_of_the_container()
    {
        var records = Path.Combine(daemon.Directory, "data", "records", "containers");
        for (var i = 0; i < 20; i++)
        {
            const string Body = """{"Image":"busybox","Cmd":["sleep","600"],"HostConfig":{"NetworkMode":"none"}}""";
            var id = (string)(await _wire.PostAsync($"/containers/create?name={_name}", Body)).Json!["Id"]!;
            await _wire.PostAsync($"/containers/{id}/start");
            var removing = _wire.DeleteAsync($"/containers/{id}?force=1");
            var others = Enumerable
                .Range(0, 4)
                .SelectMany(n =>
                    new[]
                    {
                        _wire.PostAsync($"/containers/{id}/kill"),
                        _wire.PostAsync($"/containers/{id}/rename?name={_name}-{n}"),
                        _wire.PostAsync($"/containers/{id}/stop?t=0"),
                    }
                )
                .ToArray();
            Assert.Equal(204, (await removing).Status);
            foreach (var other in others)
                Assert.Contains((await other).Status, (int[])[204, 304, 400, 404, 409]);
            Assert.DoesNotContain(id + ".json", Directory.GetFiles(records).Select(Path.GetFileName));
        }
    }

    // A stop that comes while the start is under way means that start.
    [Fact]
    public async Task A_stop_meets_the_start_that_is_under_way()
    {
        for (var i = 0; i < 10; i++)
        {
            await new Client("pier", daemon).OkAsync("create", "--name", _name, "--network", "none", "busybox", "sleep", "600");
            var starting = _wire.PostAsync($"/containers/{_name}/start");
            await Until(s => (string?)s["Status"] != "created" || starting.IsCompleted);
            Assert.Equal(204, (await _wire.PostAsync($"/containers/{_name}/stop?t=0")).Status);
            Assert.False((bool)(await State())["Running"]!);
            await new Client("pier", daemon).OkAsync("rm", _name);
        }
    }

    [Fact]
    public async Task Filters_take_ranges_of_ports_and_images_that_others_are_made_from()
    {
        await new Client("pier", daemon).OkAsync(
            "create",
            "--name",
            _name,
            "--network",
            "none",
            "--expose",
            "7001",
            "--expose",
            "7002/udp",
            "busybox",
            "true"
        );
        await new Client("pier", daemon).OkAsync("commit", _name, _name + "-made");
        await new Client("pier", daemon).OkAsync("create", "--name", _name + "-child", "--network", "none", _name + "-made", "true");
        Task<string> Names(string filter) =>
            new Client("pier", daemon).OkAsync("ps", "-a", "--filter", "name=" + _name, "--format", "{{.Names}}", "--filter", filter);
        Assert.Equal($"{_name}-child\n{_name}", await Names("expose=7000-7001/tcp"));
        Assert.Equal($"{_name}-child\n{_name}", await Names("expose=7002-7003/udp"));
        Assert.Equal("", await Names("expose=7002-7003"));
        Assert.Equal($"{_name}-child\n{_name}", await Names("ancestor=busybox"));
        Assert.Equal(_name + "-child", await Names($"ancestor={_name}-made"));
        Assert.Equal(400, (await _wire.GetAsync("/containers/json?filters={\"is-task\":[\"maybe\"]}")).Status);
        await new Client("pier", daemon).OkAsync("rm", _name, _name + "-child");
    }

    [Fact]
    public async Task Its_size_is_that_of_the_files_it_wrote()
    {
        await new Client("pier", daemon).OkAsync(
            "run",
            "--name",
            _name,
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "mkdir -p /new/deep; head -c 12345 /dev/zero > /new/f"
        );
        Assert.Equal("12345", await new Client("pier", daemon).OkAsync("inspect", "-s", "-f", "{{.SizeRw}}", _name));
        await new Client("pier", daemon).OkAsync("rm", _name);
    }

    async Task Ready(int times)
    {
        for (var i = 0; i < 400; i++)
        {
            if ((await new Client("pier", daemon).OkAsync("logs", _name)).Split("ready").Length > times)
                return;
            await Task.Delay(25);
        }
        throw new InvalidOperationException("the command never came up");
    }

    /// <summary>docker compose looks at those that it hears ending, and takes those that are not coming back out of its hands.</summary>
    [Fact]
    public async Task Between_the_halves_of_a_restart_it_is_not_ended()
    {
        await new Client("pier", daemon).OkAsync("run", "-d", "--name", _name, "--network", "none", "busybox", "sleep", "1000");
        var seen = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            var restart = _wire.PostAsync($"/containers/{_name}/restart?t=0");
            while (!restart.IsCompleted)
                seen.Add((string)(await State())["Status"]!);
            Assert.Equal(204, (await restart).Status);
        }

        Assert.Superset(new HashSet<string> { "running" }, seen);
        Assert.Subset(new HashSet<string> { "running", "restarting" }, seen);
        Assert.Equal("running", (string)(await State())["Status"]!);
        Assert.Equal("", await new Client("pier", daemon).OkAsync("ps", "-q", "--filter", "status=restarting"));
    }

    /// <summary>docker compose starts its execs so: attached, and once more without an upgrade, going by the head of the answer.</summary>
    [Fact]
    public async Task A_second_start_of_an_exec_is_refused_on_its_output()
    {
        await new Client("pier", daemon).OkAsync("run", "-d", "--name", _name, "--network", "none", "busybox", "sleep", "1000");
        var made = await _wire.PostAsync($"/containers/{_name}/exec", """{"AttachStdout":true,"Cmd":["echo","once"]}""");
        var exec = (string)made.Json!["Id"]!;
        Assert.EndsWith("once\n", (await _wire.PostAsync($"/exec/{exec}/start", """{"Detach":false}""")).Text);
        var second = await _wire.PostAsync($"/exec/{exec}/start", """{"Detach":false}""");
        Assert.Equal(200, second.Status);
        Assert.EndsWith($"exec command {exec} has already run\r\n", second.Text);
        var detached = await _wire.PostAsync($"/exec/{exec}/start", """{"Detach":true}""");
        Assert.Equal((409, $"exec command {exec} has already run"), (detached.Status, detached.Message));
    }
}
