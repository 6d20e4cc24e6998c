using System.Diagnostics;

namespace Pier.CompatTests.Builds;

/// <summary>Builds every Dockerfile of tests/shapes with the docker client's classic builder and looks at what a container of the image prints.</summary>
public sealed class ShapeBuildTests(ShapeBases bases) : IClassFixture<ShapeBases>
{
    static string Shapes => Path.Combine(PierDaemon.RepositoryRoot(), "tests", "shapes");

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Shapes).Where(d => File.Exists(d + "/Dockerfile")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Is_built_and_runs(string name)
    {
        var client = new Client("docker", bases.Daemon);
        Skip.If(client.Missing is not null, client.Missing);
        var (directory, image) = (Path.Combine(Shapes, name), "shape-" + name);
        var build = client.Start("build", "-t", image, directory);
        foreach (var word in Read(directory, "arguments")?.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries) ?? []) build.ArgumentList.Add(word);
        build.Environment["DOCKER_BUILDKIT"] = "0";
        var built = await Commands.RunAsync(build, null);
        Assert.True(built.Code == 0, built.Out + built.Error);
        string[] run = Read(directory, "run") is { } line
            ? ["run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", line]
            : ["run", "--rm", "--network", "none", image];
        var ran = await client.RunAsync(run);
        Assert.Equal((0, Read(directory, "expected"), ""), (ran.Code, ran.Out, ran.Error));
    }

    static string? Read(string directory, string file) => File.Exists(Path.Combine(directory, file)) ? File.ReadAllText(Path.Combine(directory, file)) : null;
}

/// <summary>A daemon with the base images of the shapes, which are made once and kept among the build's artifacts.</summary>
public sealed class ShapeBases : IAsyncLifetime
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    public PierDaemon Daemon { get; } = new();

    public async Task InitializeAsync()
    {
        var shapes = Path.Combine(PierDaemon.RepositoryRoot(), "tests", "shapes");
        var archives = Path.Combine(PierDaemon.RepositoryRoot(), "artifacts", "shapes");
        using (var make = Process.Start(Path.Combine(shapes, "make-bases"), [archives]))
        {
            using var limit = new CancellationTokenSource(Limit);
            await make.WaitForExitAsync(limit.Token);
            Assert.Equal(0, make.ExitCode);
        }
        await Daemon.InitializeAsync();
        foreach (var fields in File.ReadLines(Path.Combine(shapes, "bases.txt")).Where(l => !l.StartsWith('#')).Select(l => l.Split('\t')))
        {
            var import = await new Client("pier", Daemon).RunAsync(
                ["import", .. fields[2..].SelectMany(c => (string[])["--change", c]), Path.Combine(archives, fields[1] + ".tar"), fields[0]]);
            Assert.True(import.Code == 0, $"{fields[0]}: {import.Error}");
        }
    }

    public Task DisposeAsync() => Daemon.DisposeAsync();
}
