using System.Diagnostics;

namespace Pier.KernelTests.Runtime;

/// <summary>Debian's dockerd and containerd with Pier registered as a runtime.</summary>
public class DockerRuntimeTests
{
    sealed class Docker : IDisposable
    {
        readonly EngineHost _host = new("/usr/sbin/dockerd", "/usr/bin/containerd", "/usr/bin/containerd-shim-runc-v2");
        readonly Process _containerd,
            _dockerd;

        public Docker()
        {
            var directory = _host.Directory;
            File.WriteAllText(
                directory + "/containerd.toml",
                $"""
                version = 2
                root = "{directory}/ctd-root"
                state = "{directory}/ctd-state"
                disabled_plugins = ["io.containerd.grpc.v1.cri"]
                [grpc]
                  address = "{directory}/ctd.sock"
                [ttrpc]
                  address = "{directory}/ctd.ttrpc"
                """
            );
            _containerd = Start("containerd", $"--config {directory}/containerd.toml");
            for (var i = 0; i < 200 && !File.Exists(directory + "/ctd.sock"); i++)
                Thread.Sleep(50);
            _dockerd = Start(
                "dockerd",
                $"--data-root {directory}/data --exec-root {directory}/exec -H unix://{directory}/docker.sock --pidfile {directory}/pid "
                    + $"--bridge none --iptables=false --ip6tables=false --containerd {directory}/ctd.sock --add-runtime pier={_host.RuntimePath} --storage-driver vfs "
                    + $"--cgroup-parent {_host.CgroupParent}"
            );
            var clock = Stopwatch.StartNew();
            while (Run("version").ExitCode != 0)
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "dockerd did not start");
            Assert.Equal(0, Run("import", _host.RootArchive, "image").ExitCode);
        }

        Process Start(string program, string arguments) =>
            Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {program} {arguments} >{_host.Directory}/{program}.log 2>&1"]))!;

        public (string Output, int ExitCode) Run(params string[] arguments) =>
            EngineHost.Run("docker", ["-H", $"unix://{_host.Directory}/docker.sock", .. arguments]);

        public (string Output, int ExitCode) Container(params string[] arguments) =>
            Run(["run", "--rm", "--runtime", "pier", "--network", "none", .. arguments]);

        public void Dispose()
        {
            foreach (var id in Run("ps", "-aq").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Run("rm", "-f", id);
            foreach (var daemon in (Process[])[_dockerd, _containerd])
            {
                EngineHost.Run("kill", $"{daemon.Id}");
                if (!daemon.WaitForExit(15_000))
                    daemon.Kill();
                daemon.Dispose();
            }
            _host.Dispose();
        }
    }

    [SkippableFact]
    public void Dockerd_runs_containers_with_pier()
    {
        using var docker = new Docker();
        Assert.Equal(("hello\n", 3), docker.Container("image", "sh", "-c", "echo hello; exit 3"));
        Assert.Equal(127, docker.Container("image", "nosuch").ExitCode);
        Assert.Equal(126, docker.Container("image", "/etc").ExitCode);
        Assert.Contains("/dev/pts/0", docker.Container("-t", "image", "tty").Output);
        Assert.Equal(137, docker.Container("-m", "16m", "image", "sh", "-c", "dd if=/dev/zero of=/dev/null bs=100M count=1").ExitCode);
        Assert.Equal(("77\n", 0), docker.Container("--sysctl", "net.core.somaxconn=77", "image", "cat", "/proc/sys/net/core/somaxconn"));
        Assert.Contains("CapBnd:\t00000000a80425fb", docker.Container("image", "cat", "/proc/self/status").Output);

        var (id, started) = docker.Run(
            "run",
            "-d",
            "--name",
            "cc",
            "--runtime",
            "pier",
            "--network",
            "none",
            "image",
            "sh",
            "-c",
            "trap 'exit 5' TERM; while true; do sleep 0.1; done"
        );
        Assert.True(started == 0, id);
        Assert.Equal(("in\n", 8), docker.Run("exec", "cc", "sh", "-c", "echo in; exit 8"));
        Assert.Contains("executable file not found", docker.Run("exec", "cc", "nosuch").Output);
        Assert.Equal(0, docker.Run("update", "--memory", "80m", "--memory-swap", "100m", "cc").ExitCode);
        Assert.Equal(0, docker.Run("pause", "cc").ExitCode);
        Assert.Equal(0, docker.Run("unpause", "cc").ExitCode);
        Assert.Contains("sleep 0.1", docker.Run("top", "cc").Output);
        Assert.Equal(0, docker.Run("stop", "-t", "20", "cc").ExitCode);
        Assert.Equal("5\n", docker.Run("inspect", "-f", "{{.State.ExitCode}}", "cc").Output);
    }
}
