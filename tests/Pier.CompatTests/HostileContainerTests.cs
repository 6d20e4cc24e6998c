using System.Globalization;
using System.Text.Json;

namespace Pier.CompatTests;

/// <summary>What a container tries against the engine and its neighbours; docs/security.md has the list.</summary>
public sealed class HostileContainerTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly Client _pier = new("pier", daemon);

    [Fact]
    public async Task A_working_directory_is_no_descriptor_of_the_engine()
    {
        // Whatever number the engine's own descriptors have: a directory that is left open would lead out (CVE-2024-21626).
        await _pier.OutputAsync("run", "-d", "--name", "cwd", "--network", "none", "busybox", "sleep", "1000");
        for (var number = 0; number < 20; number++)
        {
            var place = $"/proc/self/fd/{number}";
            Inside(
                await _pier.RunAsync(
                    "run",
                    "--rm",
                    "--network",
                    "none",
                    "-w",
                    place,
                    "busybox",
                    "sh",
                    "-c",
                    "cd -P . && cd ../../../../../.. && ls -d bin/busybox; ls -d lib64"
                )
            );
            Inside(
                await _pier.RunAsync(
                    "exec",
                    "-w",
                    place,
                    "cwd",
                    "sh",
                    "-c",
                    "cd -P . && cd ../../../../../.. && ls -d bin/busybox; ls -d lib64"
                )
            );
        }
        await _pier.OutputAsync("rm", "-f", "cwd");

        // The test's image has no /lib64, the host has.
        static void Inside(CommandResult result) => Assert.DoesNotContain("lib64\n", result.Out);
    }

    [Fact]
    public async Task Nothing_of_the_engine_listens_where_containers_of_the_hosts_network_reach_it()
    {
        // Abstract sockets belong to the network namespace, and no file mode guards them (CVE-2020-15257).
        await _pier.OutputAsync("run", "-d", "--name", "abstract", "--network", "host", "busybox", "sleep", "1000");
        var first = int.Parse(await _pier.OutputAsync("inspect", "-f", "{{.State.Pid}}", "abstract"), CultureInfo.InvariantCulture);
        var engine = new HashSet<string>();
        for (var pid = Parent(first); pid > 1 && pid != Environment.ProcessId; pid = Parent(pid))
            engine.UnionWith(Sockets(pid));
        Assert.NotEmpty(engine);
        var table = await _pier.OutputAsync("exec", "abstract", "cat", "/proc/net/unix");
        var rows = table
            .Split('\n')
            .Skip(1)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > 7 && f[7].StartsWith('@'));
        Assert.DoesNotContain(rows, f => engine.Contains($"socket:[{f[6]}]"));
        await _pier.OutputAsync("rm", "-f", "abstract");

        static int Parent(int pid) =>
            int.Parse(
                File.ReadAllLines($"/proc/{pid}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..],
                CultureInfo.InvariantCulture
            );
        static IEnumerable<string> Sockets(int pid) =>
            new DirectoryInfo($"/proc/{pid}/fd")
                .EnumerateFileSystemInfos()
                .Select(f => f.LinkTarget ?? "")
                .Where(t => t.StartsWith("socket:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_console_is_not_put_where_a_link_of_a_volume_leads()
    {
        // The volume is /dev: its console and its terminals are links to a file of the host (CVE-2025-52565).
        var directory = Directory.CreateDirectory(Path.Combine(daemon.Directory, "fake-dev"));
        var victim = Path.Combine(daemon.Directory, "victim");
        File.WriteAllText(victim, "untouched");
        foreach (var name in (string[])["console", "null", "ptmx", "shm", "mqueue"])
            File.CreateSymbolicLink(Path.Combine(directory.FullName, name), victim);
        Directory.CreateSymbolicLink(Path.Combine(directory.FullName, "pts"), "/proc");
        var before = File.ReadAllLines("/proc/self/mountinfo").Length;
        await _pier.RunAsync(
            "run",
            "-d",
            "-t",
            "--name",
            "console",
            "--network",
            "none",
            "-v",
            $"{directory.FullName}:/dev",
            "-v",
            $"{victim}:{victim}",
            "busybox",
            "sh",
            "-c",
            "echo overwritten > /dev/console; sleep 1000"
        );
        Assert.Equal("untouched", File.ReadAllText(victim));
        Assert.DoesNotContain(File.ReadAllLines("/proc/self/mountinfo"), l => l.Contains(victim, StringComparison.Ordinal));
        await _pier.RunAsync("rm", "-f", "console");
        Assert.Equal("untouched", File.ReadAllText(victim));
        Assert.InRange(File.ReadAllLines("/proc/self/mountinfo").Length, 0, before);
    }

    [Theory]
    [InlineData("processes", "(while :; do sh -c 'while :; do :; done' & done) & exec sleep 1000", "--pids-limit", "40")]
    [InlineData("descriptors", "i=3; while :; do eval \"exec $i>/dev/null\" || sleep 1; i=$((i+1)); done", "--ulimit", "nofile=64")]
    [InlineData("log lines", "while :; do head -c 1000000 /dev/zero | tr '\\0' x; done", "--log-opt", "max-size=1m")]
    [InlineData("shared memory", "while :; do head -c 100000000 /dev/zero > /dev/shm/x; done", "--shm-size", "8m")]
    public async Task A_bomb_stays_in_its_container(string kind, string script, params string[] limit)
    {
        await _pier.OutputAsync([
            "run",
            "-d",
            "--name",
            "bomb",
            "--network",
            "none",
            "--cpus",
            "0.3",
            .. limit,
            "busybox",
            "sh",
            "-c",
            script,
        ]);
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal("alive\n", await _pier.OutputAsync("run", "--rm", "--network", "none", "busybox", "echo", "alive"));
        if (kind == "processes")
            Assert.InRange((await _pier.OutputAsync("top", "bomb")).Split('\n').Length - 2, 1, 40);
        if (kind == "log lines")
        {
            var path = JsonDocument.Parse(await _pier.OutputAsync("inspect", "bomb")).RootElement[0].GetProperty("LogPath").GetString()!;
            Assert.InRange(new FileInfo(path).Length, 0, 3_000_000);
        }
        await _pier.OutputAsync("rm", "-f", "bomb");
    }
}
