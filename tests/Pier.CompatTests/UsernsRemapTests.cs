using System.Globalization;

namespace Pier.CompatTests;

/// <summary>
/// A daemon whose containers have root 300000 of the host as their root. The ranges are a test user's in subuid(5) and subgid(5) for as
/// long as it lives.
/// </summary>
public sealed class RemappedDaemon : PierDaemon, IAsyncLifetime
{
    public const int First = 300_000;
    readonly string _user = "pier" + Guid.NewGuid().ToString("n")[..6];

    public RemappedDaemon()
    {
        foreach (var file in (string[])["/etc/subuid", "/etc/subgid"])
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{_user}:{First}:65536\n"));
        MoreArguments = ["--userns-remap", _user];
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        foreach (var file in (string[])["/etc/subuid", "/etc/subgid"])
            File.WriteAllLines(file, File.ReadAllLines(file).Where(l => !l.StartsWith(_user + ":", StringComparison.Ordinal)));
    }
}

/// <summary>--userns-remap.</summary>
public sealed class UsernsRemapTests(RemappedDaemon daemon) : IClassFixture<RemappedDaemon>
{
    Client Pier => new("pier", daemon);

    static string Unique(string prefix) => prefix + Guid.NewGuid().ToString("n")[..8];

    [Fact]
    public async Task Roots_of_containers_are_nobody_on_the_host_and_files_keep_their_ids()
    {
        var (name, volume) = (Unique("remap"), Unique("vol"));
        await Pier.OutputAsync(
            "run",
            "-d",
            "--name",
            name,
            "-v",
            volume + ":/v",
            "--read-only=false",
            "busybox",
            "sh",
            "-c",
            "cat /proc/self/uid_map; echo 1.2.3.4 x >> /etc/hosts; touch /made /v/file; chown 7:8 /v/file; nc -l -p 80 -e echo & sleep 1; stat -c '%u:%g %n' /bin/busybox /made /v/file /etc/hosts; ls /sys/class/net | xargs; sleep 1000"
        );
        for (var i = 0; i < 200 && !(await Pier.OutputAsync("logs", name)).Contains("eth0"); i++)
            await Task.Delay(50);
        var log = await Pier.OutputAsync("logs", name);
        Assert.Matches($@"^\s*0\s+{RemappedDaemon.First}\s+65536\n", log);
        Assert.Contains("0:0 /bin/busybox\n0:0 /made\n7:8 /v/file\n0:0 /etc/hosts\n", log);
        Assert.Contains("eth0 lo", log);
        var pid = (await Pier.OutputAsync("inspect", "--format", "{{.State.Pid}}", name)).Trim();
        Assert.Contains($"Uid:\t{RemappedDaemon.First}\t", File.ReadAllText($"/proc/{pid}/status"));
        // On disk they are the container's ids: other containers, commit and cp see what was meant.
        var upper = (await Pier.OutputAsync("inspect", "--format", "{{index .GraphDriver.Data \"UpperDir\"}}", name)).Trim();
        var stat = await Commands.RunAsync(
            "stat",
            "-c",
            "%u:%g",
            upper + "/made",
            Path.Combine(daemon.Directory, "data", "volumes", volume, "_data", "file")
        );
        Assert.Equal("0:0\n7:8\n", stat.Out);
        Assert.Equal("0\n", await Pier.OutputAsync("exec", name, "id", "-u"));
        Assert.Equal("5\n", await Pier.OutputAsync("exec", "-u", "5", name, "id", "-u"));
        Assert.StartsWith("A /made", string.Join('\n', (await Pier.OutputAsync("diff", name)).Split('\n').Where(l => l.Contains("made"))));
        foreach (var target in (string[])["/copied", "/v/copied"])
        {
            await Pier.OutputAsync("cp", "-a", "/etc/hostname", name + ":" + target);
            Assert.Equal("0:0\n", await Pier.OutputAsync("exec", name, "stat", "-c", "%u:%g", target));
        }
        await Pier.OutputAsync("commit", name, "remapped:1");
        Assert.Equal(
            "0:0\n",
            await Pier.OutputAsync("run", "--rm", "--userns", "host", "--network", "none", "remapped:1", "stat", "-c", "%u:%g", "/made")
        );
        await daemon.RestartAsync();
        Assert.Equal("0\n", await Pier.OutputAsync("exec", name, "id", "-u"));
        Assert.Equal("0\n", await Pier.OutputAsync("run", "--rm", "--network", "container:" + name, "busybox", "id", "-u"));
        await Pier.OutputAsync("rm", "-f", "-v", name);
    }

    [Fact]
    public async Task Cp_reaches_all_that_a_running_container_sees_and_tells_its_own_ids()
    {
        var (name, volume) = (Unique("remap"), Unique("vol"));
        var host = Directory.CreateDirectory(Path.Combine(daemon.Directory, "outside")).FullName;
        File.WriteAllText(host + "/hosts", "of the host");
        await Pier.OutputAsync(
            "run",
            "-d",
            "--name",
            name,
            "--network",
            "none",
            "--tmpfs",
            "/t",
            "-v",
            volume + ":/v",
            "-v",
            host + ":/h",
            "busybox",
            "sh",
            "-c",
            "mkdir /d && echo x > /d/f && ln /d/f /d/g && chown 7:8 /d/f && echo y > /t/f && chown 9 /t/f && echo z > /v/f && chown 5:5 /v/f && touch /v/done; sleep 1000"
        );
        for (var i = 0; i < 500 && (await Pier.RunAsync("exec", name, "ls", "/v/done")).Code != 0; i++)
            await Task.Delay(20);
        async Task<string> Owners(string path)
        {
            var start = Pier.Start(
                "-c",
                $"{Pier.Program} cp {name}:{path} - | tar -tv --numeric-owner -f - | sed 's/ link to .*//' | awk '{{print $2, $NF}}' | sort"
            );
            start.FileName = "sh";
            return (await Commands.RunAsync(start, null)).Out;
        }
        Assert.Equal("0/0 d/\n7/8 d/f\n7/8 d/f\n", (await Owners("/d")).Replace("d/g", "d/f"));
        Assert.Equal("9/0 f\n", await Owners("/t/f"));
        Assert.Equal("5/5 f\n", await Owners("/v/f"));
        // What is nobody's in the container is nobody's in its archives.
        Assert.Equal("65534/65534 hosts\n", await Owners("/h/hosts"));
        await Pier.OutputAsync("cp", name + ":/t/f", daemon.Directory + "/copied");
        Assert.Equal("y\n", File.ReadAllText(daemon.Directory + "/copied"));
        await Pier.OutputAsync("cp", daemon.Directory + "/copied", name + ":/t/back");
        Assert.Equal("0:0\n", await Pier.OutputAsync("exec", name, "stat", "-c", "%u:%g", "/t/back"));
        await Pier.OutputAsync("rm", "-f", "-v", name);
    }

    [Fact]
    public async Task A_terminal_belongs_to_the_containers_user()
    {
        var (code, screen) = await Pier.OnTerminalAsync(
            "run --rm -it --network none busybox sh -c 'tty; stat -c %u $(tty); echo x > /dev/tty; exit 4'"
        );
        Assert.True(code == 4 && screen.Contains("/dev/pts/0"), screen);
    }

    [Fact]
    public async Task The_hosts_namespace_is_there_on_request_alone()
    {
        Assert.Matches(
            @"^\s*0\s+0\s+4294967295\n$",
            await Pier.OutputAsync("run", "--rm", "--network", "none", "--userns", "host", "busybox", "cat", "/proc/self/uid_map")
        );
        Assert.Contains("name=userns", await Pier.OutputAsync("info", "--format", "{{json .SecurityOptions}}"));
    }

    [Theory]
    [InlineData("--privileged", "privileged mode is incompatible with user namespaces.")]
    [InlineData("--network=host", "cannot share the host's network namespace when user namespaces are enabled")]
    [InlineData("--pid=host", "cannot share the host PID namespace when user namespaces are enabled")]
    public async Task What_would_undo_it_is_refused(string flag, string message) =>
        Assert.Contains(message, (await Pier.RunAsync("run", "--rm", flag, "busybox", "true")).Error);
}
