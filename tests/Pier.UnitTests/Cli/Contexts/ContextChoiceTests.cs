using Pier.Cli.Contexts;

namespace Pier.UnitTests.Cli.Contexts;

/// <summary>Which context and which daemon a command works with, and how names compare.</summary>
public sealed class ContextChoiceTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("pier-context-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("stored", "unix:///nosuch/stored", "")]
    [InlineData("named", "unix:///nosuch/named", "DOCKER_CONTEXT=named")]
    [InlineData("default", "unix:///nosuch/docker", "DOCKER_CONTEXT=named DOCKER_HOST=unix:///nosuch/docker")]
    [InlineData("default", "unix:///nosuch/pier", "DOCKER_HOST=unix:///nosuch/docker PIER_HOST=unix:///nosuch/pier")]
    [InlineData(
        "default",
        "unix:///nosuch/option",
        "DOCKER_HOST=unix:///nosuch/docker DOCKER_CONTEXT=named",
        "-H",
        "unix:///nosuch/option"
    )]
    [InlineData("named", "unix:///nosuch/named", "DOCKER_HOST=unix:///nosuch/docker", "-c", "named")]
    [InlineData("default", "unix:///nosuch/docker", "DOCKER_HOST=unix:///nosuch/docker", "-c", "default")]
    public void An_option_goes_before_the_environment_and_that_before_the_file(
        string context,
        string host,
        string environment,
        params string[] options
    )
    {
        foreach (var name in (string[])["stored", "named"])
            Assert.Equal(0, Run("", "context", "create", name, "--docker", $"host=unix:///nosuch/{name}").Code);
        Assert.Equal(0, Run("", "context", "use", "stored").Code);
        Assert.Equal(context + "\n", Run(environment, [.. options, "context", "show"]).Out);
        Assert.Contains($"daemon at {host}.", Run(environment, [.. options, "ps"]).Error);
        Assert.Contains($"Context:           {context}\n", Run(environment, [.. options, "version"]).Out);
    }

    [Fact]
    public void A_variable_that_overrides_is_named()
    {
        Assert.Equal(0, Run("", "context", "create", "named").Code);
        Assert.Contains("Warning: PIER_HOST environment variable overrides", Run("PIER_HOST=unix:///x", "context", "use", "named").Error);
        Assert.Contains("Warning: DOCKER_HOST environment variable overrides", Run("DOCKER_HOST=unix:///x", "context", "ls").Error);
    }

    [Fact]
    public void The_configuration_keeps_what_else_it_holds()
    {
        var path = Path.Combine(_directory, "config.json");
        File.WriteAllText(Path.Combine(_directory, "real.json"), """{"auths":{"r":{"auth":"eA=="}},"plugins":{"x":{"y":"z"}}}""");
        File.CreateSymbolicLink(path, "real.json");
        Assert.Equal(0, Run("", "context", "create", "named").Code);
        Assert.Equal(0, Run("", "context", "use", "named").Code);
        Assert.NotNull(new FileInfo(path).LinkTarget);
        var file = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal("""{"auths":{"r":{"auth":"eA=="}},"plugins":{"x":{"y":"z"}},"currentContext":"named"}""", file.ToJsonString());
        File.WriteAllText(path, "{bad");
        Assert.Equal(1, Run("", "context", "use", "default").Code);
        Assert.Equal("{bad", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("t2", "t11", -1)]
    [InlineData("t11", "t2", 1)]
    [InlineData("a", "a1", -1)]
    [InlineData("T3", "aa", -1)]
    [InlineData("a01", "a1", -1)]
    [InlineData("a10b2", "a10b10", -1)]
    [InlineData("same", "same", 0)]
    public void Numbers_in_names_count_as_numbers(string a, string b, int order) =>
        Assert.Equal(order, Math.Sign(ContextName.Compare(a, b)));

    CliRun Run(string environment, params string[] arguments)
    {
        var variables = environment
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(v => v.Split('='))
            .ToDictionary(v => v[0], v => v[1]);
        variables["DOCKER_CONFIG"] = _directory;
        return CliRun.Of(null, variables, "", arguments);
    }
}
