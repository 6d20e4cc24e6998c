namespace Pier.Bench.Engines;

/// <summary>Pier's native binary.</summary>
sealed class PierEngine(string binary, string work) : Engine(work)
{
    public override string Name => "Pier";

    public override string Version => FirstLine(binary, "--version");

    public override IReadOnlyList<string> Binaries => [binary];

    protected override IReadOnlyList<string> Daemon =>
        [
            binary,
            "daemon",
            "--data-root",
            Path.Combine(Root, "data"),
            "--exec-root",
            Path.Combine(Root, "exec"),
            "--pidfile",
            Path.Combine(Root, "pid"),
            "-H",
            "unix://" + Socket,
            "--default-address-pool",
            Pools,
        ];

    public override IReadOnlyList<string> RunCommand => [binary, "-H", "unix://" + Socket, "run", "--rm", EngineClient.Image, "true"];

    public override IReadOnlyList<string> BuildCommand(string tag, string directory) =>
        [binary, "-H", "unix://" + Socket, "build", "--progress=plain", "--network=none", "-t", tag, directory];
}
