using System.Formats.Tar;
using System.Text;
using Pier.Engine;
using Pier.Engine.Containers;
using Pier.Engine.Images;
using Pier.KernelTests.Supervisor;
using Pier.Model;

namespace Pier.KernelTests.Engine;

/// <summary>The engine as a library: containers from inside this very process, as docs/embedding.md shows it, without a daemon.</summary>
public sealed class EmbeddedEngineTests
{
    [SkippableFact]
    public async Task A_program_opens_an_engine_runs_containers_and_closes_it()
    {
        var pier = SupervisorHost.Command();
        Skip.If(pier is null, "no pier program: set PIER_BINARY or build src/Pier");
        Skip.IfNot(Environment.UserName == "root", "containers need root");
        var root = Directory.CreateTempSubdirectory("pier-embedded-").FullName;
        try
        {
            for (var round = 0; round < 2; round++)
                await RunAsync(root, pier!);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    static async Task RunAsync(string root, string pier)
    {
        // <example>
        await using var engine = await ContainerEngine.OpenAsync(
            new EngineOptions
            {
                DataRoot = root + "/data",
                ExecRoot = root + "/exec",
                CgroupParent = "/embedded-" + Environment.ProcessId,
                Bridge = "none", // or a name of its own for a bridge network
                SupervisorCommand = [pier], // the program that parents the containers
                LiveRestore = false, // what still runs ends with this engine
                Log = Console.Error.WriteLine,
            },
            CancellationToken.None
        );
        using (var tree = Busybox())
            await engine.Images.ImportAsync(new ImportImage("box", "latest", null, [], null), tree, default);

        var created = await engine.Containers.CreateAsync(
            new CreateContainer(
                "greeter",
                new ContainerConfig { Image = "box", Cmd = ["/busybox", "echo", "hello from inside"] },
                new HostConfig { NetworkMode = "none", Memory = 64 << 20 }
            ),
            default
        );
        var ended = engine.Containers.WaitAsync(created.Id, WaitCondition.NextExit, default);
        await engine.Containers.StartAsync(created.Id, default);
        var exit = await ended;

        var output = new StringBuilder();
        await foreach (var line in engine.Containers.LogsAsync(created.Id, new LogsQuery(), default))
            output.Append(Encoding.UTF8.GetString(line.Line.Span));
        await engine.Containers.RemoveAsync("greeter", force: true, volumes: true, default);
        // </example>
        Assert.Equal((0, "hello from inside\n"), (exit.ExitCode, output.ToString()));
        Assert.Empty(await engine.Containers.ListAsync(new ListContainers(true, null, false, NoFilters), default));

        // What runs when the engine is closed ends with it, and nothing of it is left for the next round.
        var left = await engine.Containers.CreateAsync(
            new CreateContainer(
                null,
                new ContainerConfig
                {
                    Image = "box",
                    Cmd = ["/busybox", "sleep", "1000"],
                    StopTimeout = 0,
                },
                new HostConfig { NetworkMode = "none", AutoRemove = true }
            ),
            default
        );
        await engine.Containers.StartAsync(left.Id, default);
        await Assert.ThrowsAsync<ConflictException>(() => engine.Containers.RemoveAsync(left.Id, force: false, volumes: false, default));
    }

    static readonly Dictionary<string, IReadOnlyList<string>> NoFilters = [];

    static MemoryStream Busybox()
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, leaveOpen: true))
            tar.WriteEntry("/bin/busybox", "busybox");
        archive.Position = 0;
        return archive;
    }
}
