using System.Diagnostics;

namespace Pier.CompatTests.RealClients;

/// <summary>Clients that others wrote, unmodified, each through a scenario of its own.</summary>
public sealed class RealClientTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    [SkippableFact]
    public Task Docker_20_runs_its_scenario() => DockerScenarioAsync("/usr/bin/docker", "20.10");

    [SkippableFact]
    public Task Docker_28_runs_its_scenario() => DockerScenarioAsync("/usr/local/bin/docker", "28.");

    /// <summary>From a container to an image and back, with volumes, streams, copies and an archive between.</summary>
    async Task DockerScenarioAsync(string program, string version)
    {
        Skip.If(!File.Exists(program), $"{program} is not installed");
        var client = new Client(program, daemon);
        Skip.If(
            !(await client.RunAsync("--version")).Out.Contains(" " + version, StringComparison.Ordinal),
            $"{program} is not version {version}"
        );
        var box = "box" + version.Replace(".", "", StringComparison.Ordinal);
        async Task<string> Does(params string[] arguments)
        {
            var run = await client.RunAsync(arguments);
            Assert.True(run.Code == 0, $"docker {string.Join(' ', arguments)}: {run.Code} {run.Out}{run.Error}");
            return run.Out;
        }

        await Does("volume", "create", box);
        await Does(
            "run",
            "-d",
            "--name",
            box,
            "-v",
            box + ":/data",
            "-e",
            "GREETING=hello",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "echo $GREETING >/data/file; echo out; echo err >&2; trap 'exit 7' TERM; while :; do sleep 0.05; done"
        );
        for (var i = 0; i < 100 && await Does("logs", box) != "out\n"; i++)
            await Task.Delay(50);
        Assert.Equal("hello\n", await Does("exec", box, "cat", "/data/file"));
        Assert.Equal("typed\n", (await client.RunAsync("typed\n"u8.ToArray(), ["exec", "-i", box, "cat"])).Out);
        var local = Path.Combine(daemon.Directory, box + "-file");
        await Does("cp", box + ":/data/file", local);
        Assert.Equal("hello\n", File.ReadAllText(local));
        await Does("cp", local, box + ":/copied");
        Assert.Contains("A /copied", await Does("diff", box));
        Assert.Contains("sleep", await Does("top", box));
        Assert.Contains(box, await Does("ps", "--filter", "name=" + box));
        await Does("pause", box);
        await Does("unpause", box);
        await Does("update", "--memory", "64m", "--memory-swap", "64m", box);
        await Does("stop", box);
        Assert.Equal("7\n", await Does("wait", box));
        await Does("commit", "-m", "words", box, box + ":image");
        Assert.Equal("hello\n", await Does("run", "--rm", "--network", "none", "--entrypoint", "cat", box + ":image", "/copied"));
        var archive = Path.Combine(daemon.Directory, box + ".tar");
        await Does("save", "-o", archive, box + ":image");
        await Does("rm", box);
        await Does("rmi", box + ":image");
        Assert.Contains(box + ":image", await Does("load", "-i", archive));
        await Does("rmi", box + ":image");
        await Does("volume", "rm", box);
        Assert.Contains("Containers", await Does("system", "df"));
        Assert.Contains("Pier", await Does("version"));
    }

    [SkippableFact]
    public Task Python_docker_runs_its_scenario() =>
        ScriptAsync("/usr/bin/python3", "/usr/lib/python3/dist-packages/docker/client.py", "python3-docker", [Script("scenario.py")]);

    [SkippableFact]
    public Task Python_docker_builds() =>
        ScriptAsync("/usr/bin/python3", "/usr/lib/python3/dist-packages/docker/client.py", "python3-docker", [Script("scenario_build.py")]);

    [SkippableFact]
    public Task Dockerode_runs_its_scenario() => NodeAsync("dockerode", "4.0.9", "scenario.js");

    [SkippableFact]
    public Task Testcontainers_runs_its_scenario() => NodeAsync("testcontainers", "10.13.2", "testcontainers.js");

    async Task NodeAsync(string package, string version, string script)
    {
        var node = ((string[])["/usr/bin/node", "/usr/local/bin/node"]).FirstOrDefault(File.Exists);
        Skip.If(node is null, "node is not installed");
        var modules = Path.Combine(Golden.Repository(), "artifacts", package);
        if (!Directory.Exists(Path.Combine(modules, "node_modules", package)))
        {
            Directory.CreateDirectory(modules);
            var npm = Path.Combine(Path.GetDirectoryName(node)!, "npm");
            Skip.If(!File.Exists(npm), "npm is not installed");
            var install = await Commands.RunAsync(
                new ProcessStartInfo(
                    npm,
                    ["install", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", $"{package}@{version}"]
                )
                {
                    WorkingDirectory = modules,
                },
                null
            );
            Skip.If(install.Code != 0, $"npm install {package}: {install.Error}");
        }
        await ScriptAsync(node, Path.Combine(modules, "node_modules", package), package, [Script(script)], modules);
    }

    [SkippableFact]
    public async Task Compose_1_29_runs_its_scenario()
    {
        const string program = "/usr/bin/docker-compose";
        Skip.If(!File.Exists(program), "docker-compose is not installed");
        async Task<CommandResult> Compose(params string[] arguments)
        {
            var start = new Client(program, daemon).Start(["-f", Script("compose.yml"), "-p", "real", .. arguments]);
            start.Environment["COMPOSE_INTERACTIVE_NO_CLI"] = "1";
            return await Commands.RunAsync(start, null);
        }

        async Task<string> Does(params string[] arguments)
        {
            var run = await Compose(arguments);
            Assert.True(run.Code == 0, $"docker-compose {string.Join(' ', arguments)}: {run.Code} {run.Out}{run.Error}");
            return run.Out;
        }

        try
        {
            await Does("up", "-d");
            var client = new Client("pier", daemon);
            for (var i = 0; i < 100 && !(await Does("logs", "--no-color")).Contains("read written", StringComparison.Ordinal); i++)
                await Task.Delay(50);
            Assert.Contains("read written", await Does("logs", "--no-color"));
            Assert.Equal("written\n", await Does("exec", "-T", "writer", "cat", "/data/file"));
            Assert.Contains("real_writer_1", await Does("ps"));
            Assert.Contains("sleep", await Does("top", "writer"));
            // Nothing changed: nothing is made anew.
            var before = (await client.RunAsync("ps", "-q", "--no-trunc")).Out;
            await Does("up", "-d");
            Assert.Equal(before, (await client.RunAsync("ps", "-q", "--no-trunc")).Out);
            await Does("up", "-d", "--scale", "reader=2", "reader");
            Assert.Contains("real_reader_2", (await client.RunAsync("ps")).Out);
            await Does("restart", "-t", "0", "writer");
            await Does("stop", "-t", "0");
        }
        finally
        {
            await Compose("down", "-v", "-t", "0");
        }
        var left = await new Client("pier", daemon).RunAsync("ps", "-a", "--filter", "label=com.docker.compose.project=real", "-q");
        Assert.Equal("", left.Out);
        Assert.Equal("", (await new Client("pier", daemon).RunAsync("volume", "ls", "-q", "--filter", "name=real")).Out);
    }

    async Task ScriptAsync(string program, string library, string package, string[] arguments, string? modules = null)
    {
        Skip.If(!File.Exists(program) || !Path.Exists(library), $"{package} is not installed");
        var start = new Client(program, daemon).Start(arguments);
        if (modules is not null)
            start.Environment["NODE_PATH"] = Path.Combine(modules, "node_modules");
        start.Environment["PIER_SOCKET"] = daemon.Socket;
        // Its reaper is an image of the hub's.
        start.Environment["TESTCONTAINERS_RYUK_DISABLED"] = "true";
        var run = await Commands.RunAsync(start, null);
        Assert.True(run.Code == 0 && run.Out.EndsWith("done\n", StringComparison.Ordinal), $"{run.Code}\n{run.Out}\n{run.Error}");
    }

    static string Script(string name) => Path.Combine(Golden.Repository(), "tests", "Pier.CompatTests", "RealClients", name);
}
