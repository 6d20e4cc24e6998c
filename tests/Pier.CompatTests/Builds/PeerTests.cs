using System.Diagnostics;

namespace Pier.CompatTests.Builds;

/// <summary>
/// Dockerfiles that Debian's dockerd and buildah can build as well give the same trees, and with dockerd the same configuration.
/// </summary>
public sealed class PeerTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    const string Dockerd = "/usr/sbin/dockerd",
        DockerClient = "/usr/bin/docker";

    // Directories' sizes are the file system's; these places are mounted over.
    const string List =
        "find . -mindepth 1 -printf '%y %m %U %G %p %l %s\\n' | sed -E 's/^(d .*) [0-9]+$/\\1/' | grep -vE ' \\./(proc|sys|dev|run|etc/(hosts|hostname|resolv.conf|mtab)|\\.dockerenv)' | sort";

    const string Config =
        "{{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Entrypoint}} {{.Config.WorkingDir}} {{json .Config.Labels}} {{json .Config.ExposedPorts}} "
        + "{{json .Config.Volumes}} {{.Config.User}} {{.Config.StopSignal}} {{json .Config.Healthcheck}} {{json .Config.Shell}} {{.Author}} {{.Architecture}} {{.Os}}";

    readonly string _work = Directory.CreateTempSubdirectory("pier-peer-").FullName;
    readonly BuildFolder _folder = new BuildFolder()
        .Add("tree/a", "1")
        .Add("tree/sub/b", "22", 0x1ED)
        .Add("one.txt", "one")
        .Add("two.txt", "two")
        .Link("tree/link", "sub/b")
        .Link("tree/out", "/etc/passwd")
        .Add("skip.log", "")
        .Add(".dockerignore", "*.log\n");

    Process? _dockerd;

    public void Dispose()
    {
        if (_dockerd is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_dockerd.Id}"]);
            kill.WaitForExit();
            if (!_dockerd.WaitForExit(15_000))
                _dockerd.Kill(entireProcessTree: true);
        }
        _dockerd?.Dispose();
        using var remove = Process.Start("rm", ["-rf", "--one-file-system", _work]);
        remove.WaitForExit();
        _folder.Dispose();
    }

    public static TheoryData<string> Dockerfiles =>
        [
            "FROM busybox\nMAINTAINER me\nENV A=1 B=\"two words\"\nCOPY . /all\nCMD [\"sh\"]\n",
            "FROM busybox\nCOPY tree /t/\nCOPY tree/ /merged\nCOPY one.txt two.txt /texts/\nCOPY one.txt /renamed\nCOPY *.txt /glob/\nADD tree/sub/b /bin/\nWORKDIR /w/x\nWORKDIR y\nRUN pwd > here\nENTRYPOINT echo hi\n",
            "FROM busybox AS one\nRUN mkdir -p /d/e; echo x > /d/e/f; ln /d/e/f /d/hard; ln -s f /d/e/s; chmod 751 /d/e/f; chown 5:7 /d/hard\nFROM busybox\nCOPY --from=one /d /d\nCOPY --from=0 /d/e/f /single\nCOPY --chown=3:4 tree /owned\nRUN rm -r /d/e; mkdir /d/e; touch /d/e/new\nEXPOSE 80 53/udp\nVOLUME /v\nUSER 3:4\nSTOPSIGNAL SIGINT\nHEALTHCHECK --interval=3s CMD true\nLABEL l=1\n",
            "FROM busybox\nARG V=default\nENV W=$V-${V:+set}\nRUN echo $W > /w\nSHELL [\"/bin/sh\", \"-e\", \"-c\"]\nCMD echo $W\n",
        ];

    [SkippableTheory, MemberData(nameof(Dockerfiles))]
    public async Task Dockers_own_builder_makes_the_same(string dockerfile)
    {
        Skip.If(!File.Exists(Dockerd) || !File.Exists(DockerClient), "docker.io is not installed");
        _folder.Dockerfile(dockerfile);
        var host = await StartDockerdAsync();
        Assert.Equal(await DescribeAsync(host), await DescribeAsync(daemon.Host));
    }

    [SkippableTheory, MemberData(nameof(Dockerfiles))]
    public async Task Buildah_makes_the_same_tree(string dockerfile)
    {
        Skip.If(!File.Exists("/usr/bin/buildah"), "buildah is not installed");
        _folder.Dockerfile(dockerfile);
        var buildah = $"buildah --root {_work}/b --runroot {_work}/r --storage-driver vfs";
        var script =
            $"set -e; {DockerClient} -H {daemon.Host} save -o {_work}/base.tar busybox; {buildah} pull -q docker-archive:{_work}/base.tar >/dev/null; "
            + $"{buildah} bud --format docker --pull=never --isolation chroot -q -t peer {_folder.Path} >/dev/null; c=$({buildah} from --pull=never peer); cd $({buildah} mount $c); {List}; cd /; {buildah} rm $c >/dev/null; {buildah} rmi -a -f >/dev/null";
        var peer = await ShellAsync(script);
        Assert.Equal(peer.Trim(), (await DescribeAsync(daemon.Host, config: false)).Trim());
    }

    /// <summary>Builds by the classic wire, and tells tree and configuration.</summary>
    async Task<string> DescribeAsync(string host, bool config = true)
    {
        var (docker, tag) = ($"{DockerClient} -H {host}", "peer" + Guid.NewGuid().ToString("n")[..8]);
        var tree = Path.Combine(_work, tag);
        return await ShellAsync(
            $"set -e; export DOCKER_BUILDKIT=0; {docker} build --network none -q -t {tag} {_folder.Path} >/dev/null; mkdir {tree}; id=$({docker} create --network none {tag} x); "
                + $"{docker} export $id | tar -C {tree} -x; {docker} rm -v $id >/dev/null; cd {tree}; {List}"
                + (config ? $"; {docker} image inspect {tag} -f '{Config}'" : "")
        );
    }

    // In a network namespace of its own: its firewall rules and bridges are nobody else's.
    async Task<string> StartDockerdAsync()
    {
        var host = $"unix://{_work}/docker.sock";
        var script =
            $"ip link set lo up; exec {Dockerd} --data-root {_work}/data --exec-root {_work}/exec --pidfile {_work}/pid --host {host} --bridge none --iptables=false --cgroup-parent /{daemon.CgroupName} >{_work}/log 2>&1";
        _dockerd = Process.Start("unshare", ["--net", "--mount", "sh", "-c", script]);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(200))
        {
            if ((await Commands.RunAsync(DockerClient, "-H", host, "version")).Code != 0)
                continue;
            await ShellAsync($"{DockerClient} -H {daemon.Host} save busybox | {DockerClient} -H {host} load -q");
            return host;
        }
        throw new InvalidOperationException("dockerd did not start: " + await File.ReadAllTextAsync(_work + "/log"));
    }

    static async Task<string> ShellAsync(string script)
    {
        var run = await Commands.RunAsync("timeout", "120", "sh", "-c", script);
        Assert.True(run.Code == 0, run.Out + run.Error);
        return run.Out;
    }
}
