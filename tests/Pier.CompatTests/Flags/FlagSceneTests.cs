using System.Diagnostics;
using System.Net.Sockets;

namespace Pier.CompatTests.Flags;

/// <summary>
/// Flags whose effect is the client's, or needs more than one container's look at itself. Each with docker's client and Pier's.
/// </summary>
public sealed class FlagSceneTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    Client With(string name) => Client.OrSkip(name, daemon);

    static string Unique(string what) => what + Guid.NewGuid().ToString("N")[..6];

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Stop_signal_and_timeout_are_used(string name)
    {
        var client = With(name);
        var box = Unique("stop");
        await client.RunAsync(
            "run",
            "-d",
            "--name",
            box,
            "--network",
            "none",
            "--stop-signal",
            "USR1",
            "busybox",
            "sh",
            "-c",
            "trap 'exit 7' USR1; while :; do sleep 0.05; done"
        );
        await client.RunAsync("stop", box);
        Assert.Equal("7\n", (await client.RunAsync("wait", box)).Out);
        await client.RunAsync("rm", box);
        await client.RunAsync(
            "run",
            "-d",
            "--name",
            box,
            "--network",
            "none",
            "--stop-timeout",
            "1",
            "busybox",
            "sh",
            "-c",
            "trap : TERM; while :; do sleep 0.05; done"
        );
        var watch = Stopwatch.StartNew();
        await client.RunAsync("stop", box);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 6);
        await client.RunAsync("rm", box);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Realtime_runtime_needs_a_budget_of_the_parent(string name)
    {
        const string cpu = "/sys/fs/cgroup/cpu";
        Skip.If(!File.Exists(cpu + "/cpu.rt_runtime_us"), "no realtime group scheduling in this kernel (cpu.rt_runtime_us)");
        var client = With(name);
        var without = await client.RunAsync("run", "--rm", "--network", "none", "--cpu-rt-runtime", "1000", "busybox", "true");
        Assert.NotEqual(0, without.Code);
        Assert.Contains("realtimeRuntime", without.Error);
        var parent = $"{daemon.CgroupName}/rt{name}";
        var group = Directory.CreateDirectory($"{cpu}/{parent}");
        try
        {
            File.WriteAllText($"{cpu}/{daemon.CgroupName}/cpu.rt_runtime_us", "20000");
            File.WriteAllText(group.FullName + "/cpu.rt_runtime_us", "10000");
            var with = await client.RunAsync(
                "run",
                "--rm",
                "--network",
                "none",
                "--cgroup-parent",
                "/" + parent,
                "--cpu-rt-runtime",
                "1000",
                "busybox",
                "cat",
                cpu + "/cpu.rt_runtime_us"
            );
            Assert.Equal((0, "1000\n", ""), (with.Code, with.Out, with.Error));
        }
        finally
        {
            await TakeBackAsync(group.FullName + "/cpu.rt_runtime_us");
            await TakeBackAsync($"{cpu}/{daemon.CgroupName}/cpu.rt_runtime_us");
        }
    }

    /// <summary>
    /// A budget cannot go while a group below has a part of it, and the container's group is removed after the client has ended.
    /// </summary>
    static async Task TakeBackAsync(string file)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                File.WriteAllText(file, "0");
                return;
            }
            catch (IOException) when (attempt < 100)
            {
                await Task.Delay(20);
            }
        }
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Published_ports_are_reachable(string name)
    {
        var client = With(name);
        foreach (
            var publish in (string[][])
                [
                    ["-p", "127.0.0.1::80"],
                    ["-P", "--expose", "80"],
                ]
        )
        {
            var box = Unique("port");
            var run = await client.RunAsync([
                "run",
                "-d",
                "--name",
                box,
                .. publish,
                "busybox",
                "sh",
                "-c",
                "while :; do echo served | nc -l -p 80; done",
            ]);
            Assert.True(run.Code == 0, run.Error);
            var port = int.Parse((await client.RunAsync("port", box, "80")).Out.Split('\n')[0].Split(':')[^1]);
            Assert.Equal("served\n", await ReadAsync(port));
            await client.RunAsync("rm", "-f", box);
        }
    }

    static async Task<string> ReadAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var tcp = new TcpClient();
                await tcp.ConnectAsync("127.0.0.1", port);
                using var reader = new StreamReader(tcp.GetStream());
                if (await reader.ReadToEndAsync() is { Length: > 0 } text)
                    return text;
            }
            catch (Exception e) when (e is SocketException or IOException && attempt < 100)
            {
                // The server in the container is still starting.
            }
            await Task.Delay(50);
        }
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Addresses_and_aliases_are_those_asked_for(string name)
    {
        var client = With(name);
        var (network, box) = (Unique("net"), Unique("box"));
        var number = Convert.ToInt32(box[^2..], 16);
        var (prefix, prefix6) = ($"10.{(name == "pier" ? 222 : 223)}.{number}", $"fd00:{number:x}:{(name == "pier" ? 1 : 2)}:");
        var made = await client.RunAsync(
            "network",
            "create",
            "--subnet",
            prefix + ".0/24",
            "--ipv6",
            "--subnet",
            prefix6 + ":/64",
            network
        );
        Assert.True(made.Code == 0, made.Error);
        try
        {
            var run = await client.RunAsync(
                "run",
                "-d",
                "--name",
                box,
                "--network",
                network,
                "--ip",
                prefix + ".77",
                "--ip6",
                prefix6 + ":77",
                "--network-alias",
                "other",
                "--network-alias",
                "third",
                "busybox",
                "sleep",
                "1000"
            );
            Assert.True(run.Code == 0, run.Error);
            var shown = await client.RunAsync(
                "inspect",
                "--format",
                "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}} {{json .Aliases}}{{end}}",
                box
            );
            Assert.StartsWith($"{prefix}.77 {prefix6}:77 [", shown.Out, StringComparison.Ordinal);
            Assert.Contains("\"other\",\"third\"", shown.Out, StringComparison.Ordinal);
            foreach (var alias in (string[])["other", "third"])
            {
                var asked = await client.RunAsync("run", "--rm", "--network", network, "busybox", "nslookup", alias);
                Assert.Contains($"{prefix}.77", asked.Out, StringComparison.Ordinal);
                Assert.Contains($"{prefix6}:77", asked.Out, StringComparison.Ordinal);
            }
            var taken = await client.RunAsync("run", "--rm", "--network", network, "--ip", prefix + ".77", "busybox", "true");
            Assert.Contains("Address already in use", taken.Error, StringComparison.Ordinal);
            var without = await client.RunAsync("run", "--rm", "--ip", prefix + ".78", "busybox", "true");
            Assert.Contains(
                "user specified IP address is supported on user defined networks only",
                without.Error,
                StringComparison.Ordinal
            );
        }
        finally
        {
            await client.RunAsync("rm", "-f", box);
            await client.RunAsync("network", "rm", network);
        }
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Attach_chooses_streams(string name)
    {
        var run = await With(name)
            .RunAsync("run", "--rm", "-a", "stderr", "--network", "none", "busybox", "sh", "-c", "echo out; echo err >&2");
        Assert.Equal((0, "", "err\n"), (run.Code, run.Out, run.Error));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task The_id_is_written_to_cidfile(string name)
    {
        var client = With(name);
        var file = Path.Combine(daemon.Directory, Unique("cid"));
        var create = await client.RunAsync("create", "--cidfile", file, "busybox", "true");
        Assert.Equal(create.Out.Trim(), File.ReadAllText(file));
        var again = await client.RunAsync("create", "--cidfile", file, "busybox", "true");
        Assert.NotEqual(0, again.Code);
        Assert.Contains("container ID file found", again.Error);
        await client.RunAsync("rm", create.Out.Trim());
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Detach_prints_the_id_alone(string name)
    {
        var client = With(name);
        var run = await client.RunAsync("run", "-d", "--network", "none", "busybox", "echo", "hello");
        Assert.Matches(@"\A[0-9a-f]{64}\n\z", run.Out);
        await client.RunAsync("rm", "-f", run.Out.Trim());
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Detach_keys_can_be_chosen(string name)
    {
        var client = With(name);
        var box = Unique("keys");
        var (code, _) = await client.OnTerminalAsync(
            $"run -it --detach-keys ctrl-x,y --name {box} --network none busybox sh",
            ("# ", "\x18y")
        );
        Assert.Equal(0, code);
        Assert.Equal("true\n", (await client.RunAsync("inspect", "-f", "{{.State.Running}}", box)).Out);
        await client.RunAsync("rm", "-f", box);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Quiet_keeps_the_pull_silent(string name)
    {
        // Nothing listens there: the pull fails at once, and its failure is all that is said.
        var run = await With(name).RunAsync("run", "--rm", "-q", "127.0.0.1:9/nosuch/image", "true");
        Assert.Equal(125, run.Code);
        Assert.DoesNotContain("Unable to find image", run.Error);
        Assert.DoesNotContain("Pulling from", run.Error);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Rm_leaves_nothing(string name)
    {
        var client = With(name);
        var box = Unique("rm");
        var run = await client.RunAsync(
            "run",
            "--rm",
            "--name",
            box,
            "--network",
            "none",
            "-v",
            "/anonymous",
            "busybox",
            "sh",
            "-c",
            "exit 3"
        );
        Assert.Equal(3, run.Code);
        Assert.Equal(1, (await client.RunAsync("inspect", box)).Code);
        Assert.Equal("", (await client.RunAsync("volume", "ls", "-q")).Out);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Signals_stay_with_the_client_when_told_so(string name)
    {
        var client = With(name);
        var box = Unique("sig");
        var start = client.Start(
            "run",
            "--sig-proxy=false",
            "--name",
            box,
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "trap 'echo got' INT; echo ready; while :; do sleep 0.05; done"
        );
        start.RedirectStandardOutput = true;
        using (var process = Process.Start(start)!)
        {
            Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
            await Commands.RunAsync("kill", "-INT", $"{process.Id}");
            await Task.Delay(300);
            // Docker's client lives on, Pier's ends: the container does not notice either way.
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal("true\n", (await client.RunAsync("inspect", "-f", "{{.State.Running}}", box)).Out);
        Assert.DoesNotContain("got", (await client.RunAsync("logs", box)).Out);
        await client.RunAsync("rm", "-f", box);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task The_api_socket_is_bound(string name)
    {
        var config = Directory.CreateDirectory(Path.Combine(daemon.Directory, "client"));
        File.WriteAllText(config.FullName + "/config.json", """{"auths":{"registry.example":{"auth":"dTpw"}}}""");
        var run = await With(name)
            .RunAsync(
                "run",
                "--rm",
                "--network",
                "none",
                "--use-api-socket",
                "busybox",
                "sh",
                "-c",
                "stat -c %F /var/run/docker.sock; cat $DOCKER_CONFIG/config.json | tr -d '\\n\\t '"
            );
        Assert.Equal((0, "socket\n{\"auths\":{\"registry.example\":{\"auth\":\"dTpw\"}}}"), (run.Code, run.Out));
    }
}
