using System.Diagnostics;
using Pier.CompatTests.Builds;

namespace Pier.CompatTests.RealClients;

/// <summary>docker-compose 1.29 builds what its file describes, and runs it.</summary>
public sealed class ComposeBuildTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    const string Program = "/usr/bin/docker-compose",
        Project = "composed";

    const string File = """
        version: "2.4"
        services:
          app:
            build:
              context: app
              dockerfile: Other.Dockerfile
              args: {WHO: compose}
              target: one
              labels: {a: b}
              cache_from: [busybox]
              shm_size: 32m
              extra_hosts: ["far:10.1.2.3"]
              network: none
            network_mode: none
          beside:
            build: beside
            image: composed-beside:named
            network_mode: none

        """;

    readonly Client _client = new("pier", daemon);

    [SkippableFact]
    public async Task Services_are_built_with_all_that_their_file_says_and_anew_when_something_changed()
    {
        Skip.If(!System.IO.File.Exists(Program), "docker-compose is not installed");
        using var folder = new BuildFolder();
        folder
            .Add("docker-compose.yml", File)
            .Add("app/file", "first\n")
            .Add("beside/Dockerfile", "FROM busybox\nRUN echo beside >/beside\nCMD [\"cat\", \"/beside\"]\n")
            .Add(
                "app/Other.Dockerfile",
                "FROM busybox AS one\nARG WHO\nRUN echo hello $WHO >/said; cat /etc/hosts >>/said; df -k /dev/shm >>/said; ls /sys/class/net >>/said\nCOPY file /file\n"
                    + "CMD [\"sh\", \"-c\", \"cat /said /file; exec sleep 1000\"]\nFROM one\nRUN false\n"
            );
        async Task<CommandResult> Compose(params string[] arguments)
        {
            var start = new Client(Program, daemon).Start([
                "-f",
                Path.Combine(folder.Path, "docker-compose.yml"),
                "-p",
                Project,
                "--no-ansi",
                .. arguments,
            ]);
            // By the API: the file has more than docker's command line is given.
            start.Environment["COMPOSE_DOCKER_CLI_BUILD"] = "0";
            // Left to itself it takes the newest version, and makes no container anew where that has no ContainerConfig (1.45, also of
            // dockerd).
            start.Environment["COMPOSE_API_VERSION"] = "1.44";
            return await Commands.RunAsync(start, null);
        }
        async Task<string> Does(params string[] arguments)
        {
            var run = await Compose(arguments);
            Assert.True(run.Code == 0, $"docker-compose {string.Join(' ', arguments)}: {run.Code} {run.Out}{run.Error}");
            return run.Out + run.Error;
        }

        try
        {
            await Does("build", "--no-cache", "--parallel");
            await Does("up", "-d");
            await Says("first");
            var said = await Does("logs", "--no-color", "app");
            Assert.Contains("hello compose", said);
            Assert.Contains("10.1.2.3\tfar", said);
            Assert.Matches(@"shm +32768 ", said);
            Assert.DoesNotContain("eth0", said);
            Assert.Contains("beside", await Does("logs", "--no-color", "beside"));
            Assert.Equal("b\n", (await _client.RunAsync("image", "inspect", "-f", "{{.Config.Labels.a}}", Project + "_app")).Out);
            Assert.Equal("beside\n", (await _client.RunAsync("run", "--rm", "--network", "none", "composed-beside:named")).Out);

            var before = (await _client.RunAsync("ps", "-aq", "--no-trunc", "--filter", "name=" + Project + "_app")).Out;
            Assert.Contains("Using cache", await Does("up", "-d", "--build"));
            Assert.Equal(before, (await _client.RunAsync("ps", "-aq", "--no-trunc", "--filter", "name=" + Project + "_app")).Out);
            folder.Add("app/file", "second\n");
            await Does("up", "-d", "-t", "0", "--build");
            Assert.NotEqual(before, (await _client.RunAsync("ps", "-aq", "--no-trunc", "--filter", "name=" + Project + "_app")).Out);
            await Says("second");

            folder.Add("beside/Dockerfile", "FROM busybox\nRUN echo last words; exit 7\n");
            var failed = await Compose("build", "beside");
            Assert.NotEqual(0, failed.Code);
            Assert.Contains("returned a non-zero code: 7", failed.Out + failed.Error);
        }
        finally
        {
            await Compose("down", "-v", "-t", "0", "--rmi", "all");
        }
        Assert.Equal("", (await _client.RunAsync("ps", "-aq")).Out);
        Assert.DoesNotContain(Project, (await _client.RunAsync("images")).Out);
        Leftovers.None(daemon);
    }

    async Task Says(string word)
    {
        var said = "";
        for (
            var watch = Stopwatch.StartNew();
            watch.Elapsed < TimeSpan.FromSeconds(60) && !said.Contains(word, StringComparison.Ordinal);
            await Task.Delay(100)
        )
            said = (await _client.RunAsync("logs", Project + "_app_1")).Out;
        Assert.Contains(word, said);
    }
}
