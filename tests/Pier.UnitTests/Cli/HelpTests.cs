using Pier.Cli;

namespace Pier.UnitTests.Cli;

/// <summary>Help texts, kept as golden files (PIER_GOLDEN=write makes them anew).</summary>
public class HelpTests
{
    public static TheoryData<string> Commands =>
        [
            .. CommandTable.CommonCommands,
            .. CommandTable.OtherCommands,
            "container ls",
            "container prune",
            "container inspect",
            "image ls",
            "image rm",
            "image inspect",
            "image prune",
            "system info",
            "system df",
            "system prune",
            "",
            .. CommandTable.Groups.Select(g => g.Name),
            .. CommandTable
                .Groups.Where(g =>
                    g.Name
                        is "builder"
                            or "completion"
                            or "context"
                            or "manifest"
                            or "network"
                            or "trust"
                            or "trust key"
                            or "trust signer"
                            or "volume"
                )
                .SelectMany(g => g.Commands.Select(c => $"{g.Name} {c}"))
                .Where(c => c is not ("trust key" or "trust signer")),
        ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_is_as_recorded(string command)
    {
        var run = CliRun.Of(null, [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        var file = Repository.Path($"tests/golden/cli/{(command.Length == 0 ? "pier" : command.Replace(' ', '-'))}.txt");
        if (Environment.GetEnvironmentVariable("PIER_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, run.Out);
        }
        Assert.Equal(File.ReadAllText(file), run.Out);
    }
}
