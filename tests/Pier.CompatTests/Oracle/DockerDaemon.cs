using System.Diagnostics;
using System.Security.Cryptography;

namespace Pier.CompatTests.Oracle;

/// <summary>A dockerd and a containerd of its own, with roots, sockets, bridge and control groups of their own.</summary>
public sealed class DockerDaemon(DockerPeer peer) : IDaemon
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    readonly string _tag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
    readonly List<Process> _processes = [];

    public DockerPeer Peer => peer;
    public string Directory => Path.Combine(Path.GetTempPath(), "oracle-" + _tag);
    public string Socket => Directory + "/docker.sock";
    public string Host => "unix://" + Socket;
    string Bridge => "or" + _tag;

    public async Task StartAsync()
    {
        System.IO.Directory.CreateDirectory(Directory);
        File.WriteAllText(
            Directory + "/containerd.toml",
            $"""
            version = 2
            root = "{Directory}/ctd-root"
            state = "{Directory}/ctd-state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "{Directory}/ctd.sock"
            [ttrpc]
              address = "{Directory}/ctd.ttrpc"
            """
        );
        var number = Convert.ToInt32(_tag[..2], 16);
        await Commands.RunAsync("ip", "link", "add", Bridge, "type", "bridge");
        await Commands.RunAsync("ip", "addr", "add", $"10.{200 + number % 50}.{number}.1/24", "dev", Bridge);
        await Commands.RunAsync("ip", "link", "set", Bridge, "up");
        Start("containerd", $"--config {Directory}/containerd.toml");
        var clock = Stopwatch.StartNew();
        while (!File.Exists(Directory + "/ctd.sock") && clock.Elapsed < StartLimit)
            await Task.Delay(50);
        Start(
            peer.Daemon!,
            $"--data-root {Directory}/data --exec-root {Directory}/exec -H {Host} --pidfile {Directory}/pid --bridge {Bridge} "
                + $"--iptables=false --ip6tables=false --containerd {Directory}/ctd.sock --cgroup-parent /oracle-{_tag}"
                + (peer.Proxy is { } proxy ? $" --userland-proxy-path {proxy}" : "")
                + (peer.Peer == Peers.Latest ? " --feature containerd-snapshotter=false" : "")
        );
        while (!File.Exists(Socket) || (await new Client(peer.Client!, this).RunAsync("version")).Code != 0)
        {
            if (clock.Elapsed > StartLimit)
                throw new InvalidOperationException("dockerd did not start:\n" + File.ReadAllText(Directory + "/dockerd.log"));
            await Task.Delay(50);
        }
    }

    public async Task StopAsync()
    {
        var client = new Client(peer.Client!, this);
        if (
            _processes.Count == 2
            && (await client.RunAsync("ps", "-aq")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids
        )
            await client.RunAsync(["rm", "-f", .. ids]);
        // Their bridges.
        await client.RunAsync("network", "prune", "-f");
        foreach (var process in Enumerable.Reverse(_processes))
        {
            using (var kill = Process.Start("kill", $"{process.Id}"))
                kill.WaitForExit();
            if (!process.WaitForExit(15_000))
                process.Kill();
            process.Dispose();
        }
        foreach (
            var mount in File.ReadLines("/proc/self/mountinfo")
                .Select(l => l.Split(' ')[4])
                .Where(m => m.StartsWith(Directory, StringComparison.Ordinal))
                .Reverse()
                .ToArray()
        )
            await Commands.RunAsync("umount", "-l", mount);
        await Commands.RunAsync("ip", "link", "del", Bridge);
        foreach (
            var group in System
                .IO.Directory.GetDirectories("/sys/fs/cgroup")
                .Select(d => $"{d}/oracle-{_tag}")
                .Where(System.IO.Directory.Exists)
        )
            await Commands.RunAsync("find", group, "-depth", "-type", "d", "-delete");
        await Commands.RunAsync("rm", "-rf", Directory);
    }

    void Start(string program, string arguments) =>
        _processes.Add(
            Process.Start(
                new ProcessStartInfo("sh", ["-c", $"exec {program} {arguments} >{Directory}/{Path.GetFileName(program)}.log 2>&1"])
            )!
        );
}
