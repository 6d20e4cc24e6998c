namespace Pier.Bench.Engines;

/// <summary>Debian's podman behind its Docker-compatible service. It has no daemon of its own: each request forks what it needs.</summary>
sealed class PodmanEngine(string work) : Engine(work)
{
    public const string Program = "/usr/bin/podman";

    const string Buildah = "/usr/bin/buildah";

    public override string Name => "podman";

    public override string Version => $"{FirstLine(Program, "--version")}; builds by command line: {FirstLine(Buildah, "--version")}";

    public override IReadOnlyList<string> Binaries =>
        [.. ((string[])["podman", "conmon", "runc", "netavark", "aardvark-dns"]).Select(Find).OfType<string>()];

    protected override IReadOnlyList<string> Daemon => [.. Global, "system", "service", "--time", "0", "unix://" + Socket];

    public override IReadOnlyList<string> RunCommand =>
        ["nsenter", $"--net=/proc/{DaemonNetwork}/ns/net", .. Global, "run", "--rm", EngineClient.Image, "true"];

    // What podman builds with, as a program of its own and over the same storage. It needs no client: the directory is read where it is.
    public override IReadOnlyList<string> BuildCommand(string tag, string directory) =>
        [
            "nsenter",
            $"--net=/proc/{DaemonNetwork}/ns/net",
            "env",
            "CONTAINERS_CONF=" + Path.Combine(Root, "containers.conf"),
            Buildah,
            "--root",
            Path.Combine(Root, "data"),
            "--runroot",
            Path.Combine(Root, "run"),
            "bud",
            "--layers",
            "--network",
            "none",
            "--ulimit",
            "nofile=1024:1024",
            "--ulimit",
            "nproc=1000:1000",
            "-t",
            tag,
            directory,
        ];

    string DaemonNetwork => Processes().Min().ToString(System.Globalization.CultureInfo.InvariantCulture);

    protected override IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            // runc, since crun refuses hybrid cgroups; limits, since raising a hard one needs CAP_SYS_RESOURCE; no journal to log to.
            var file = Path.Combine(Root, "containers.conf");
            Directory.CreateDirectory(Root);
            File.WriteAllText(
                file,
                """
                [containers]
                log_driver = "k8s-file"
                default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
                [engine]
                runtime = "runc"
                cgroup_manager = "cgroupfs"
                events_logger = "file"
                """
            );
            var registries = Path.Combine(Root, "registries.conf");
            File.WriteAllText(
                registries,
                "unqualified-search-registries = [\"docker.io\"]\n[[registry]]\nlocation = \"127.0.0.1:5000\"\ninsecure = true\n"
            );
            return new Dictionary<string, string> { ["CONTAINERS_CONF"] = file, ["CONTAINERS_REGISTRIES_CONF"] = registries };
        }
    }

    IReadOnlyList<string> Global =>
        [
            "env",
            "CONTAINERS_CONF=" + Path.Combine(Root, "containers.conf"),
            Program,
            "--root",
            Path.Combine(Root, "data"),
            "--runroot",
            Path.Combine(Root, "run"),
            "--tmpdir",
            Path.Combine(Root, "tmp"),
            "--network-config-dir",
            Path.Combine(Root, "networks"),
        ];
}
