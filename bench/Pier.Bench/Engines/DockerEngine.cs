namespace Pier.Bench.Engines;

/// <summary>Debian's docker.io: dockerd with a containerd of its own, as it starts it by default.</summary>
sealed class DockerEngine(string work) : Engine(work)
{
    /// <summary>Where Debian puts it.</summary>
    public const string Program = "/usr/sbin/dockerd";

    public override string Name => "dockerd";

    public override string Version => FirstLine(Program, "--version");

    public override IReadOnlyList<string> Binaries =>
        [
            .. ((string[])["dockerd", "docker", "containerd", "containerd-shim-runc-v2", "runc", "docker-proxy", "docker-init"])
                .Select(Find)
                .OfType<string>(),
        ];

    protected override IReadOnlyList<string> Daemon =>
        [
            Program,
            "--data-root",
            Path.Combine(Root, "data"),
            "--exec-root",
            Path.Combine(Root, "exec"),
            "--pidfile",
            Path.Combine(Root, "pid"),
            "--host",
            "unix://" + Socket,
            "--default-address-pool",
            Pools,
        ];

    public override IReadOnlyList<string> RunCommand =>
        [Find("docker")!, "-H", "unix://" + Socket, "run", "--rm", EngineClient.Image, "true"];

    // Debian's client (20.10) has BuildKit's in it and asks for it by this variable; newer ones need a plugin that is not packaged.
    public override IReadOnlyList<string> BuildCommand(string tag, string directory) =>
        [
            "env",
            "DOCKER_BUILDKIT=1",
            "/usr/bin/docker",
            "-H",
            "unix://" + Socket,
            "build",
            "--progress=plain",
            "--network=none",
            "-t",
            tag,
            directory,
        ];
}
