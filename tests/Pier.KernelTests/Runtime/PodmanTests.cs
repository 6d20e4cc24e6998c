namespace Pier.KernelTests.Runtime;

/// <summary>Debian's podman with Pier as its OCI runtime.</summary>
public class PodmanTests
{
    sealed class Podman : IDisposable
    {
        readonly EngineHost _host = new("/usr/bin/podman", "/usr/bin/conmon");

        // Without CAP_SYS_RESOURCE podman's own limits cannot be raised to its defaults.
        public static readonly string[] Limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000", "--network", "none"];

        public Podman()
        {
            Assert.Equal(0, Run("import", _host.RootArchive, "image").ExitCode);
        }

        public (string Output, int ExitCode) Run(params string[] arguments) =>
            EngineHost.Run(
                "podman",
                [
                    "--root",
                    _host.Directory + "/root",
                    "--runroot",
                    _host.Directory + "/run",
                    "--tmpdir",
                    _host.Directory + "/tmp",
                    "--storage-driver",
                    "vfs",
                    "--cgroup-manager",
                    "cgroupfs",
                    "--runtime",
                    _host.RuntimePath,
                    .. arguments,
                ]
            );

        public (string Output, int ExitCode) Container(params string[] arguments) =>
            Run(["run", "--rm", "--cgroup-parent", _host.CgroupParent, .. Limits, .. arguments]);

        public string[] Detached => ["run", "-d", "--cgroup-parent", _host.CgroupParent, .. Limits];

        public void Dispose()
        {
            Run("rm", "-fa", "-t", "0");
            _host.Dispose();
        }
    }

    [SkippableFact]
    public void Podman_runs_containers_with_pier()
    {
        using var podman = new Podman();
        Assert.Equal(("hello\n", 4), podman.Container("image", "sh", "-c", "echo hello; exit 4"));
        var (output, code) = podman.Container("image", "nosuch");
        Assert.Equal(127, code);
        Assert.Contains("executable file not found in $PATH", output);
        Assert.Equal(126, podman.Container("image", "/etc").ExitCode);
        Assert.Equal(("uid=1000(user) gid=1000 groups=1000\n", 0), podman.Container("-u", "1000:1000", "image", "id"));
        Assert.Contains("Read-only", podman.Container("--read-only", "image", "touch", "/x").Output);
        Assert.Equal(
            ("0\n200000\n", 0),
            podman.Container(
                "--uidmap",
                "0:200000:65536",
                "--gidmap",
                "0:200000:65536",
                "image",
                "sh",
                "-c",
                "id -u; awk '{print $2}' /proc/self/uid_map"
            )
        );
    }

    [SkippableFact]
    public void Podman_execs_pauses_and_stops_with_pier()
    {
        using var podman = new Podman();
        Assert.Equal(
            0,
            podman
                .Run([
                    .. podman.Detached,
                    "--name",
                    "c",
                    "-m",
                    "64m",
                    "image",
                    "sh",
                    "-c",
                    "trap 'exit 5' TERM; while true; do sleep 0.1; done",
                ])
                .ExitCode
        );
        Assert.Equal(("in\n", 6), podman.Run("exec", "c", "sh", "-c", "echo in; exit 6"));
        Assert.Equal(127, podman.Run("exec", "c", "nosuch").ExitCode);
        Assert.Equal(0, podman.Run("pause", "c").ExitCode);
        Assert.Equal(0, podman.Run("unpause", "c").ExitCode);
        Assert.Equal(0, podman.Run("stop", "-t", "20", "c").ExitCode);
        Assert.Equal("5\n", podman.Run("inspect", "-f", "{{.State.ExitCode}}", "c").Output);
    }
}
