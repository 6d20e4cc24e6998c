using System.Diagnostics;
using System.Text.Json;

namespace Pier.CompatTests.Builds;

/// <summary>Builds over POST /build: docker's client (28.2 and Debian's 20.10) with its classic builder, and pier's own.</summary>
public sealed class ClassicBuildTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    readonly BuildFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Clients => ["docker", "/usr/bin/docker", "pier"];

    Client With(string name)
    {
        var client = new Client(name, daemon);
        Skip.If(client.Missing is not null, client.Missing);
        Skip.If(name.StartsWith('/') && !File.Exists(name), $"{name} is not installed");
        return client;
    }

    static string Unique(string prefix) => prefix + Guid.NewGuid().ToString("n")[..8];

    // The classic builder on docker's side too.
    static Task<CommandResult> RunAsync(Client client, byte[]? input, params string[] arguments)
    {
        var start = client.Start(arguments);
        start.Environment["DOCKER_BUILDKIT"] = "0";
        return Commands.RunAsync(start, input);
    }

    async Task<string> Build(Client client, params string[] arguments)
    {
        var run = await RunAsync(client, null, ["build", .. arguments, _folder.Path]);
        Assert.True(run.Code == 0, run.Out + run.Error);
        return run.Out;
    }

    static async Task<string> Ok(Client client, params string[] arguments)
    {
        var run = await RunAsync(client, null, arguments);
        Assert.True(run.Code == 0, $"{string.Join(' ', arguments)}: {run.Error}");
        return run.Out.TrimEnd();
    }

    [SkippableTheory, MemberData(nameof(Clients))]
    public async Task A_Dockerfile_becomes_an_image_and_comes_out_of_the_cache_the_second_time(string name)
    {
        var client = With(name);
        var (tag, mark) = (Unique("cls"), Unique("m"));
        _folder
            .Add("src/a.txt", mark)
            .Dockerfile(
                $"FROM busybox\nENV X={mark}\nRUN echo out-$X; echo err >&2; echo made > /made\nCOPY src /app/\nWORKDIR /work\nCMD [\"cat\", \"/app/a.txt\"]\n"
            );
        var first = await Build(client, "-t", tag);
        Assert.Contains("Step 3/6 : RUN echo out-$X", first);
        Assert.Contains(" ---> Running in ", first);
        Assert.Contains($"out-{mark}\n", first);
        Assert.Contains("err\n", first);
        Assert.Contains("Removing intermediate container", first);
        Assert.Contains($"Successfully tagged {tag}:latest", first);
        var second = await Build(client, "-t", tag);
        Assert.DoesNotContain("Running in", second);
        Assert.Equal(5, second.Split("---> Using cache").Length - 1);
        Assert.Equal(Last(first, "Successfully built"), Last(second, "Successfully built"));
        Assert.Equal(mark, await Ok(client, "run", "--rm", "--network", "none", tag));
        using var inspect = JsonDocument.Parse(await Ok(client, "image", "inspect", tag));
        Assert.Equal("/work", inspect.RootElement[0].GetProperty("Config").GetProperty("WorkingDir").GetString());
        Assert.Contains("Running in", await Build(client, "--no-cache", "-t", tag));
        _folder.Add("src/a.txt", "other");
        var changed = await Build(client, "-t", tag);
        Assert.Contains(" ---> Using cache", changed);
        Assert.Equal("other", await Ok(client, "run", "--rm", "--network", "none", tag));
    }

    static string Last(string text, string prefix) => text.Split('\n').Last(l => l.StartsWith(prefix, StringComparison.Ordinal));

    [SkippableTheory, MemberData(nameof(Clients))]
    public async Task A_failing_step_tells_its_code_and_its_output_and_leaves_nothing(string name)
    {
        var client = With(name);
        _folder.Dockerfile($"FROM busybox\nRUN echo {Unique("x")} > /x\nRUN echo last words; exit 7\n");
        var run = await RunAsync(client, null, "build", _folder.Path);
        Assert.Equal(7, run.Code);
        Assert.Contains("last words", run.Out);
        Assert.Contains("The command '/bin/sh -c echo last words; exit 7' returned a non-zero code: 7", run.Error);
        Assert.Equal("", await Ok(client, "ps", "-aq"));
        Leftovers.None(daemon);
        // What went well before is kept.
        Assert.Contains("Using cache", (await RunAsync(client, null, "build", _folder.Path)).Out);
    }

    [SkippableTheory, MemberData(nameof(Clients))]
    public async Task A_Dockerfile_that_is_wrong_is_an_error_of_the_request(string name)
    {
        var client = With(name);
        _folder.Dockerfile("FROM busybox\nRUNN true\n");
        var run = await RunAsync(client, null, "build", _folder.Path);
        Assert.Equal(1, run.Code);
        Assert.Contains("unknown instruction: RUNN", run.Error, StringComparison.OrdinalIgnoreCase);
        _folder.Dockerfile("FROM busybox\nCOPY absent /\n");
        run = await RunAsync(client, null, "build", _folder.Path);
        Assert.Contains(
            "COPY failed: file not found in build context or excluded by .dockerignore: stat absent: file does not exist",
            run.Error
        );
    }

    [SkippableTheory, MemberData(nameof(Clients))]
    public async Task Contexts_come_as_a_tar_a_bare_Dockerfile_or_with_one_from_elsewhere(string name)
    {
        var client = With(name);
        var bare = await RunAsync(client, "FROM busybox\nRUN echo bare\n"u8.ToArray(), "build", "-q", "-");
        Assert.True(bare.Code == 0, bare.Error);
        Assert.StartsWith("sha256:", bare.Out);
        _folder
            .Add("f", "from-tar")
            .Dockerfile("FROM busybox\nCOPY f /f\n")
            .Add("other/Other.Dockerfile", "FROM busybox\nCOPY f /renamed\n");
        var tar = await Commands.RunAsync(new ProcessStartInfo("sh", ["-c", $"tar -C {_folder.Path} -czf {_folder.Path}.tgz ."]), null);
        Assert.Equal(0, tar.Code);
        try
        {
            Assert.Equal(
                "from-tar",
                await Ok(
                    client,
                    "run",
                    "--rm",
                    "--network",
                    "none",
                    await Id(RunAsync(client, File.ReadAllBytes(_folder.Path + ".tgz"), "build", "-q", "-")),
                    "cat",
                    "/f"
                )
            );
        }
        finally
        {
            File.Delete(_folder.Path + ".tgz");
        }
        Assert.Equal(
            "from-tar",
            await Ok(
                client,
                "run",
                "--rm",
                "--network",
                "none",
                await Id(RunAsync(client, null, "build", "-q", "-f", Path.Combine(_folder.Path, "other/Other.Dockerfile"), _folder.Path)),
                "cat",
                "/renamed"
            )
        );
    }

    static async Task<string> Id(Task<CommandResult> build)
    {
        var run = await build;
        Assert.True(run.Code == 0, run.Error);
        return run.Out.Trim();
    }

    [SkippableTheory, MemberData(nameof(Clients))]
    public async Task Arguments_labels_targets_hosts_and_limits_reach_the_build(string name)
    {
        var client = With(name);
        var (tag, file) = (Unique("opt"), Path.Combine(_folder.Path, "..", Unique("iid")));
        _folder.Dockerfile(
            "FROM busybox AS one\nARG WHO=nobody\nRUN echo $WHO > /who; cat /etc/hosts > /hosts; cat /proc/self/limits > /limits\nFROM one AS two\nRUN false\n"
        );
        try
        {
            await Build(
                client,
                "-t",
                tag,
                "--build-arg",
                "WHO=me",
                "--label",
                "a=b",
                "--target",
                "one",
                "--add-host",
                "far:10.1.2.3",
                "--ulimit",
                "nofile=77:77",
                "--iidfile",
                file
            );
            Assert.Equal(await Ok(client, "image", "inspect", "-f", "{{.Id}}", tag), File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
        var shown = await Ok(client, "run", "--rm", "--network", "none", tag, "cat", "/who", "/hosts", "/limits");
        Assert.StartsWith("me\n", shown);
        Assert.Contains("10.1.2.3\tfar", shown);
        Assert.Matches("Max open files +77 +77", shown);
        Assert.Equal("b", await Ok(client, "image", "inspect", "-f", "{{.Config.Labels.a}}", tag));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Squashing_leaves_one_layer_over_the_base(string name)
    {
        var client = With(name);
        var tag = Unique("squash");
        _folder.Dockerfile("FROM busybox\nRUN echo secret > /gone; echo kept > /kept\nRUN rm /gone; mkdir /d; ln /kept /d/hard\n");
        var run = await RunAsync(client, null, "build", "--squash", "-t", tag, _folder.Path);
        Skip.If(run.Error.Contains("experimental"), "docker's client asks for an experimental daemon before --squash");
        Assert.True(run.Code == 0, run.Error);
        using var inspect = JsonDocument.Parse(await Ok(client, "image", "inspect", tag));
        Assert.Equal(2, inspect.RootElement[0].GetProperty("RootFS").GetProperty("Layers").GetArrayLength());
        Assert.Equal(
            "kept",
            await Ok(client, "run", "--rm", "--network", "none", tag, "sh", "-c", "cat /d/hard; ls /gone 2>/dev/null || true")
        );
    }
}
