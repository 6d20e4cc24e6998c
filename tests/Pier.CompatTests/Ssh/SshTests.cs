using System.Diagnostics;
using System.Security.Cryptography;

namespace Pier.CompatTests.Ssh;

/// <summary>ssh:// hosts: pier's client at them, and docker's at hosts where pier stands in for docker.</summary>
public sealed class SshTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    [SkippableTheory]
    [InlineData("pier")]
    [InlineData("docker")]
    public async Task Containers_of_another_host(string client)
    {
        Needs(client);
        // docker's client asks for `docker` there.
        var far = await FarHost.StartAsync(daemon, [.. Socket("/run/pier/pier.sock"), .. Program(PierDaemon.Binary, client)]);
        var bytes = RandomNumberGenerator.GetBytes(1_500_000);
        var text = Convert.ToHexString(bytes);
        // The end of the input goes all the way, and every byte comes back.
        var cat = await far.RunAsync(System.Text.Encoding.ASCII.GetBytes(text), client, "run", "-i", "--rm", "busybox", "cat");
        Assert.Equal((0, ""), (cat.Code, cat.Error));
        Assert.Equal(text, cat.Out);

        var name = "far" + client;
        await far.OkAsync(client, "run", "-d", "--name", name, "busybox", "sh", "-c", "echo first; exec sleep 1000");
        Assert.Contains(name, await far.OkAsync(client, "ps"));
        Assert.Equal(7, (await far.RunAsync(client, "exec", name, "sh", "-c", "exit 7")).Code);
        var file = Path.Combine(far.Directory, "data");
        await File.WriteAllBytesAsync(file, bytes);
        await far.OkAsync(client, "cp", file, name + ":/data");
        await far.OkAsync(client, "cp", name + ":/data", file + ".back");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file + ".back"));

        // Whoever kills the client takes its ssh along, also while nothing is said.
        using (var logs = Process.Start(Follow(far.Start(client, "logs", "-f", name)))!)
        {
            Assert.Equal("first", await logs.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.NotEqual(0, far.Connections());
            logs.Kill();
            await logs.WaitForExitAsync();
        }
        await NoConnectionsAsync(far);
        await far.OkAsync(client, "rm", "-f", name);
        await far.EndAsync();
    }

    [SkippableFact]
    public async Task Sessions_and_signals_pass_through()
    {
        Needs("pier");
        var far = await FarHost.StartAsync(daemon, [.. Socket("/run/pier/pier.sock"), .. Program(PierDaemon.Binary, "pier")]);
        var context = Directory.CreateDirectory(Path.Combine(far.Directory, "context")).FullName;
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), "FROM busybox\nCOPY word /word\nRUN cat /word > /said\n");
        await File.WriteAllTextAsync(Path.Combine(context, "word"), "over ssh\n");
        await far.OkAsync("pier", "build", "-t", "overssh", context);
        Assert.Equal("over ssh", await far.OkAsync("pier", "run", "--rm", "overssh", "cat", "/said"));

        // A SIGINT for the whole group, as a terminal sends it, is the container's alone: the connection stays to tell how it ended.
        var run = far.Start(
            "setsid",
            "-w",
            // A job in a shell's background begins with its interrupts ignored.
            "env",
            "--default-signal",
            PierDaemon.Binary,
            "run",
            "--rm",
            "busybox",
            "sh",
            "-c",
            "trap 'exit 5' INT; echo up; while :; do sleep 0.1; done"
        );
        using var running = Process.Start(Follow(run))!;
        Assert.Equal("up", await running.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        await Commands.OkAsync("kill", "-INT", "--", $"-{running.Id}");
        await running.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(5, running.ExitCode);
        await NoConnectionsAsync(far);
        await far.EndAsync();
    }

    [SkippableFact]
    public async Task A_host_with_dockers_client_and_a_socket_of_its_own_serves_too()
    {
        Needs("docker");
        var docker = await Commands.OkAsync("sh", "-c", "readlink -f $(command -v docker)");
        var far = await FarHost.StartAsync(daemon, [.. Socket("/else/where.sock"), .. Program(docker, "docker")]);
        var missing = await far.RunAsync("pier", "ps");
        Assert.Equal(1, missing.Code);
        Assert.StartsWith("error during connect: ssh://far: command [ssh -o ConnectTimeout=30 -T -- far sh -c ", missing.Error);
        Assert.Contains("has exited with exit status 1, make sure the URL is valid", missing.Error);
        Assert.Contains("/var/run/docker.sock", missing.Error);
        Assert.Contains("busybox", await far.At("ssh://far/else/where.sock").OkAsync("pier", "images"));

        // A context remembers the address.
        await far.OkAsync("pier", "context", "create", "there", "--docker", "host=ssh://root@far/else/where.sock");
        var listed = far.Start("pier", "--context", "there", "images");
        listed.Environment.Remove("PIER_HOST");
        listed.Environment.Remove("DOCKER_HOST");
        Assert.Contains("busybox", (await Commands.RunAsync(listed, null)).Out);

        // A host that nobody knows, and one that is not who it was.
        var unknown = await far.At("ssh://nosuch.invalid").RunAsync("pier", "ps");
        Assert.Equal(1, unknown.Code);
        Assert.Contains("has exited with exit status 255, make sure the URL is valid", unknown.Error);
        Assert.Contains("stderr=ssh: Could not resolve hostname nosuch.invalid", unknown.Error);
        await File.WriteAllTextAsync(Path.Combine(far.Directory, "known"), "");
        Assert.Contains("Host key verification failed", (await far.RunAsync("pier", "ps")).Error);
        await far.EndAsync();
    }

    [Fact]
    public async Task Without_ssh_its_absence_is_told()
    {
        var start = new Client("pier", daemon).Start("-H", "ssh://far", "ps");
        start.Environment["PATH"] = "/nowhere";
        var run = await Commands.RunAsync(start, null);
        Assert.Equal((1, "error during connect: exec: \"ssh\": executable file not found in $PATH\n"), (run.Code, run.Error));
    }

    void Needs(string client)
    {
        PierDaemon.OnlyNative();
        Client.OrSkip(client, daemon);
    }

    string[] Socket(string there) => ["-v", $"{daemon.Socket}:{there}"];

    static string[] Program(string path, string name) => ["-v", $"{path}:/usr/bin/{name}:ro"];

    static ProcessStartInfo Follow(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        return start;
    }

    static async Task NoConnectionsAsync(FarHost far)
    {
        for (var i = 0; i < 200 && far.Connections() > 0; i++)
            await Task.Delay(50);
        Assert.Equal(0, far.Connections());
    }
}
