using System.Diagnostics;
using System.Text;

namespace Pier.CompatTests;

/// <summary>The same scenarios through docker's client and through pier's.</summary>
public sealed class ClientTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    Client With(string name) => Client.OrSkip(name, daemon);

    static string Unique(string prefix) => prefix + Guid.NewGuid().ToString("n")[..8];

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Run_gives_both_streams_and_the_exit_code(string name)
    {
        var run = await With(name).RunAsync("run", "--rm", "--network", "none", "busybox", "sh", "-c", "echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n", "err\n"), (run.Code, run.Out, run.Error));
    }

    [SkippableTheory]
    [InlineData("docker", 127, "nosuch")]
    [InlineData("pier", 127, "nosuch")]
    [InlineData("docker", 127, "/no/such")]
    [InlineData("pier", 127, "/no/such")]
    [InlineData("docker", 126, "/etc")]
    [InlineData("pier", 126, "/etc")]
    public async Task What_cannot_be_run_has_its_exit_code_and_leaves_nothing(string name, int code, string command)
    {
        var container = Unique("bad");
        var run = await With(name).RunAsync("run", "--rm", "--name", container, "--network", "none", "busybox", command);
        Assert.Equal(code, run.Code);
        Assert.Contains($"exec: \"{command}\"", run.Error);
        Assert.DoesNotContain(container, (await With(name).RunAsync("ps", "-a")).Out);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task The_daemons_refusals_exit_with_125(string name)
    {
        var client = With(name);
        Assert.Equal(125, (await client.RunAsync("run", "--rm", "no.such/image", "true")).Code);
        var container = Unique("dup");
        Assert.Equal(0, (await client.RunAsync("create", "--name", container, "busybox", "true")).Code);
        var again = await client.RunAsync("run", "--name", container, "busybox", "true");
        Assert.Equal(125, again.Code);
        Assert.Contains($"Conflict. The container name \"/{container}\" is already in use", again.Error);
        Assert.Equal(0, (await client.RunAsync("rm", container)).Code);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Input_goes_through_and_its_end_too(string name)
    {
        var input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i}\n")));
        var run = await With(name).RunAsync(input, ["run", "-i", "--rm", "--network", "none", "busybox", "cat"]);
        Assert.Equal(0, run.Code);
        Assert.Equal(Encoding.ASCII.GetString(input), run.Out);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Output_after_the_end_of_input_is_not_lost(string name)
    {
        var run = await With(name)
            .RunAsync(
                "x\n"u8.ToArray(),
                ["run", "-i", "--rm", "--network", "none", "busybox", "sh", "-c", "cat >/dev/null; sleep 0.3; echo late"]
            );
        Assert.Equal("late\n", run.Out);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task No_byte_of_a_fast_container_is_lost(string name)
    {
        var client = With(name);
        for (var i = 0; i < 15; i++)
        {
            var run = await client.RunAsync(
                "run",
                "--rm",
                "--network",
                "none",
                "busybox",
                "sh",
                "-c",
                "head -c 100000 /dev/zero | tr '\\0' x; echo end"
            );
            Assert.Equal(100_004, run.Out.Length);
            Assert.EndsWith("xend\n", run.Out);
        }
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_detached_container_lives_is_listed_executed_in_stopped_and_removed(string name)
    {
        var client = With(name);
        var container = Unique("life");
        var run = await client.RunAsync(
            "run",
            "-d",
            "--name",
            container,
            "-e",
            "A=b",
            "-w",
            "/tmp",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "trap 'exit 5' TERM; while :; do sleep 0.1; done"
        );
        Assert.Equal((0, 65), (run.Code, run.Out.Length));
        Assert.Contains($"{container}: Up", (await client.RunAsync("ps", "--format", "{{.Names}}: {{.Status}}")).Out);
        for (var code = 0; code < 4; code++)
            Assert.Equal(
                (code, "b /tmp\n"),
                await client.RunAsync("exec", container, "sh", "-c", $"echo $A $(pwd); exit {code}") is var exec
                    ? (exec.Code, exec.Out)
                    : default
            );
        Assert.Equal("in\n", (await client.RunAsync("in\n"u8.ToArray(), ["exec", "-i", container, "cat"])).Out);
        Assert.Equal(1, (await client.RunAsync("rm", container)).Code);
        Assert.Equal(
            (0, container + "\n"),
            await client.RunAsync("stop", "-t", "10", container) is var stop ? (stop.Code, stop.Out) : default
        );
        Assert.Equal("exited 5\n", (await client.RunAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", container)).Out);
        Assert.Equal("5\n", (await client.RunAsync("wait", container)).Out);
        Assert.Equal(0, (await client.RunAsync("rm", container)).Code);
        Assert.Equal(1, (await client.RunAsync("inspect", container)).Code);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Logs_keep_streams_apart_follow_and_count(string name)
    {
        var client = With(name);
        var container = Unique("logs");
        await client.RunAsync(
            "run",
            "-d",
            "--name",
            container,
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "for i in 1 2 3 4 5; do echo o$i; echo e$i >&2; sleep 0.1; done"
        );
        var followed = await client.RunAsync("logs", "-f", container);
        Assert.Equal(("o1\no2\no3\no4\no5\n", "e1\ne2\ne3\ne4\ne5\n"), (followed.Out, followed.Error));
        var tail = await client.RunAsync("logs", "--tail", "2", container);
        Assert.Equal("o5\ne5\n", tail.Out + tail.Error);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z o1\n", (await client.RunAsync("logs", "-t", container)).Out);
        await client.RunAsync("rm", container);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task A_terminal_has_the_clients_size_follows_it_and_gives_the_exit_code(string name)
    {
        var client = With(name);
        var (code, screen) = await TerminalSession.RunAsync(
            client.Start(),
            $"stty rows 33 cols 101; (sleep 2; stty rows 20 cols 70 </dev/tty) & {client.Program} run -it --rm --network none busybox sh -c 'stty size; trap \"stty size; exit 5\" WINCH; while :; do sleep 0.1; done'",
            []
        );
        Assert.Equal(5, code);
        Assert.Matches(@"33 101\r\n(.|\n|\r)*20 70\r\n", screen);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Control_C_reaches_the_process(string name)
    {
        var (code, screen) = await With(name)
            .OnTerminalAsync(
                "run -it --rm --network none busybox sh -c 'trap \"echo GOT; exit 9\" INT; echo ready; while :; do sleep 0.1; done'",
                ("ready", "\x03")
            );
        Assert.Equal(9, code);
        Assert.Contains("GOT", screen);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Detach_keys_leave_it_running_and_attach_comes_back(string name)
    {
        var client = With(name);
        var container = Unique("detach");
        var (code, _) = await client.OnTerminalAsync($"run -it --name {container} --network none busybox sh", ("# ", "\x10\x11"));
        Assert.Equal(0, code);
        Assert.Equal("true\n", (await client.RunAsync("inspect", "-f", "{{.State.Running}}", container)).Out);
        var (attached, screen) = await client.OnTerminalAsync(
            $"attach {container}",
            ("", "\n"),
            ("# ", "echo a$((1+1))b\n"),
            ("a2b", "exit 3\n")
        );
        Assert.Equal(3, attached);
        Assert.Contains("a2b", screen);
        await client.RunAsync("rm", "-f", container);
    }

    [SkippableTheory]
    [InlineData("docker", "attach {0}")]
    [InlineData("pier", "attach {0}")]
    [InlineData("docker", "exec -it {0} cat")]
    [InlineData("pier", "exec -it {0} cat")]
    public async Task Who_detaches_from_attach_or_exec_is_told_and_gets_no_exit_code_of_the_process(string name, string command)
    {
        var client = With(name);
        var container = Unique("detach");
        await client.RunAsync("run", "-dit", "--name", container, "--network", "none", "busybox", "cat");
        var (code, screen) = await client.OnTerminalAsync(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, command, container),
            ("", "one\n"),
            ("one\r\none", "\x10\x11")
        );
        Assert.Equal(1, code);
        Assert.Contains("read escape sequence", screen);
        Assert.Equal("true\n", (await client.RunAsync("inspect", "-f", "{{.State.Running}}", container)).Out);
        await client.RunAsync("rm", "-f", container);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Signals_to_the_client_go_to_the_container(string name)
    {
        var client = With(name);
        var start = client.Start(
            "run",
            "--rm",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "trap 'echo term; exit 3' TERM; echo ready; while :; do sleep 0.1; done"
        );
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        await Commands.RunAsync("kill", "-TERM", $"{process.Id}");
        Assert.Equal("term", await process.StandardOutput.ReadLineAsync());
        await process.WaitForExitAsync();
        Assert.Equal(3, process.ExitCode);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Images_are_listed_tagged_inspected_and_removed(string name)
    {
        var client = With(name);
        var tag = Unique("copy");
        Assert.Equal(0, (await client.RunAsync("tag", "busybox", tag + ":v1")).Code);
        Assert.Contains(tag, (await client.RunAsync("images")).Out);
        Assert.Equal("linux\n", (await client.RunAsync("inspect", "-f", "{{.Os}}", tag + ":v1")).Out);
        Assert.Equal($"Untagged: {tag}:v1\n", (await client.RunAsync("rmi", tag + ":v1")).Out);
        Assert.Equal(1, (await client.RunAsync("rmi", tag + ":v1")).Code);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Version_info_and_events_answer(string name)
    {
        var client = With(name);
        Assert.Contains("Pier", (await client.RunAsync("version")).Out);
        Assert.Equal("linux\n", (await client.RunAsync("info", "-f", "{{.OSType}}")).Out);
        var container = Unique("event");
        await client.RunAsync("run", "--rm", "--name", container, "--network", "none", "busybox", "true");
        // docker sends whole seconds: what happened in the current one would not count.
        await Task.Delay(1100);
        var events = await client.RunAsync(
            "events",
            "--since",
            "1m",
            "--until",
            "0s",
            "-f",
            "type=container",
            "--format",
            "{{.Action}} {{.Actor.Attributes.name}}"
        );
        var actions = events.Out.Split('\n').Where(l => l.EndsWith(' ' + container)).Select(l => l.Split(' ')[0]).ToArray();
        Assert.Equal(["create", "attach", "start", "die", "destroy"], actions);
    }
}
