namespace Pier.CompatTests.Builds;

/// <summary>The Dockerfiles of tests/shapes are built, and what comes out of them runs and says what it should.</summary>
public sealed class ShapesTests(ShapeBases bases) : IClassFixture<ShapeBases>
{
    public static TheoryData<string> Shapes =>
        [.. Directory.GetDirectories(ShapeBases.Shapes).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [SkippableTheory, MemberData(nameof(Shapes))]
    public async Task The_shape_builds_and_runs(string shape)
    {
        Skip.If(bases.Missing is not null, bases.Missing);
        var directory = Path.Combine(ShapeBases.Shapes, shape);
        var (client, tag) = (new Client("pier", bases.Daemon), "shape-" + shape);
        var arguments = File.Exists(Path.Combine(directory, "arguments"))
            ? File.ReadAllText(Path.Combine(directory, "arguments")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : [];
        var build = await client.RunAsync(["build", .. arguments, "-t", tag, directory]);
        Assert.True(build.Code == 0, build.Out + build.Error);
        if (!File.Exists(Path.Combine(directory, "expected")))
            return;
        var line = Path.Combine(directory, "run");
        string[] run = File.Exists(line)
            ? ["run", "--rm", "--network", "none", "--entrypoint", "sh", tag, "-c", File.ReadAllText(line)]
            : ["run", "--rm", "--network", "none", tag];
        var ran = await client.RunAsync(run);
        Assert.Equal(File.ReadAllText(Path.Combine(directory, "expected")).Trim(), (ran.Out + ran.Error).Trim());
        // The second time nothing is made anew.
        Assert.DoesNotContain(" ---> Running in ", (await client.RunAsync(["build", .. arguments, directory])).Out);
    }
}
