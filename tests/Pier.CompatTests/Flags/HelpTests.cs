using System.Text.RegularExpressions;

namespace Pier.CompatTests.Flags;

/// <summary>The help texts of docker's client (in PATH) and Pier's, command by command: same flags, same types, same words.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Commands =>
        [
            "attach",
            "commit",
            "cp",
            "create",
            "diff",
            "events",
            "exec",
            "export",
            "inspect",
            "kill",
            "logs",
            "pause",
            "port",
            "ps",
            "rename",
            "restart",
            "rm",
            "run",
            "start",
            "stats",
            "stop",
            "top",
            "unpause",
            "update",
            "wait",
            "container prune",
            "container ls",
            "container inspect",
            "context",
            "context create",
            "context export",
            "context import",
            "context inspect",
            "context ls",
            "context rm",
            "context show",
            "context update",
            "context use",
            "history",
            "image prune",
            "images",
            "import",
            "info",
            "load",
            "network prune",
            "pull",
            "push",
            "rmi",
            "save",
            "system prune",
            "tag",
            "version",
            "volume prune",
        ];

    [SkippableTheory]
    [MemberData(nameof(Commands))]
    public async Task Help_is_dockers(string command)
    {
        var docker = await HelpAsync("docker", command);
        Skip.If(
            !(await DockerVersionAsync()).StartsWith("28.", StringComparison.Ordinal),
            "the docker client in PATH is not 28.x, whose help this is about"
        );
        Assert.Equal(docker, (await HelpAsync(PierDaemon.Binary, command)).Replace("pier", "docker", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task The_table_of_flags_has_every_flag_of_run_and_create()
    {
        var flags = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var command in (string[])["run", "create"])
        foreach (Match flag in Flag().Matches(await HelpAsync("docker", command)))
            flags.Add(flag.Groups[1].Value);
        Assert.True(flags.Count >= 98, $"{flags.Count} flags");
        Assert.Empty(flags.Except(RunFlags.All.Select(r => r.Flag)));
        Assert.Empty(RunFlags.All.Select(r => r.Flag).Except(flags));
    }

    static async Task<string> HelpAsync(string program, string command)
    {
        Skip.If(program == "docker" && Missing() is not null, Missing());
        var help = await CompatTests.Commands.RunAsync(program, [.. command.Split(' '), "--help"]);
        Assert.Equal(0, help.Code);
        return help.Out;
    }

    static string? Missing() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, "docker")))
            ? null
            : "no docker client in PATH";

    static async Task<string> DockerVersionAsync() => (await CompatTests.Commands.RunAsync("docker", "--version")).Out.Split(' ')[2];

    [GeneratedRegex(@"^ +(?:-\w, )?--([a-z0-9-]+)", RegexOptions.Multiline)]
    private static partial Regex Flag();
}
