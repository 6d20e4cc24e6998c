namespace Pier.CompatTests.Builds;

/// <summary>BuildKit's wire judged by an unmodified buildx, as a plugin of the docker client of its Debian release.</summary>
public sealed class BuildxTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _context = Directory
        .CreateDirectory(Path.Combine(daemon.Directory, "context-" + Guid.NewGuid().ToString("N")[..8]))
        .FullName;

    [SkippableFact]
    public async Task Builds_tag_and_tell_what_they_made()
    {
        Write("Dockerfile", "FROM busybox\nARG WHO=nobody\nRUN echo \"hello $WHO\" > /said\nCMD [\"cat\", \"/said\"]\n");
        var (id, metadata) = (Path.Combine(_context, "id"), Path.Combine(_context, "metadata"));
        await Build("-t", "said", "--build-arg", "WHO=me", "--iidfile", id, "--metadata-file", metadata, _context);
        Assert.Equal("hello me", await Docker().OkAsync("run", "--rm", "--network", "none", "said"));
        Assert.Equal(File.ReadAllText(id), await Docker().OkAsync("image", "inspect", "-f", "{{.Id}}", "said"));
        Assert.Contains($"\"containerimage.config.digest\": \"{File.ReadAllText(id)}\"", File.ReadAllText(metadata));
        Assert.Matches(@"#\d+ CACHED", (await Build("--build-arg", "WHO=me", _context)).Error);
        Assert.Equal(File.ReadAllText(id), (await Build("-q", "--build-arg", "WHO=me", _context)).Out.Trim());
    }

    [SkippableFact]
    public async Task Outputs_take_every_form()
    {
        Write(
            "Dockerfile",
            "FROM --platform=$BUILDPLATFORM busybox AS made\nRUN echo text > /file\nFROM scratch\nCOPY --from=made /file /\n"
        );
        string Target(string name) => Path.Combine(_context, name);
        await Build("--platform", "linux/amd64,linux/arm64", "-o", $"type=local,dest={Target("both")}", _context);
        Assert.Equal("text\n", File.ReadAllText(Path.Combine(Target("both"), "linux_arm64", "file")));
        string[] archives = ["tar", "oci", "docker"];
        await Build([
            .. archives.SelectMany(a => (string[])["-o", $"type={a},dest={Target(a)}"]),
            "-o",
            "type=image,name=several",
            _context,
        ]);
        await Docker().OkAsync("image", "inspect", "several");
        Assert.Equal("file", await Commands.OkAsync("tar", "tf", Target("tar")));
        Assert.Contains("oci-layout", await Commands.OkAsync("tar", "tf", Target("oci")));
        Assert.Contains("manifest.json", await Commands.OkAsync("tar", "tf", Target("docker")));
        await Build("-o", $"type=oci,dest={Target("layout")},tar=false", _context);
        Assert.True(File.Exists(Path.Combine(Target("layout"), "index.json")));
    }

    [SkippableFact]
    public async Task A_Dockerfile_is_checked_and_told_without_a_build()
    {
        Write("Dockerfile", "FROM busybox AS Base\n# WHO is greeted\nARG WHO=you\nMAINTAINER me\nRUN --mount=type=secret,id=key false\n");
        // buildx 0.29 calls it --check, and fails where there are warnings.
        var check = await Buildx(null, "build", "--print", "lint", _context);
        Assert.Contains("WARNING: StageNameCasing", check.Out);
        Assert.Contains("WARNING: MaintainerDeprecated - https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/", check.Out);
        Assert.Contains(">>> MAINTAINER me", check.Out);
        var outline = (await Build("--print", "outline", _context)).Out;
        Assert.Matches(@"WHO\s+you\s+is greeted", outline);
        Assert.Matches(@"SECRET\s+REQUIRED\s+key", outline);
        Assert.Matches(@"base \(default\)", (await Build("--print", "targets", _context)).Out);
    }

    [SkippableFact]
    public async Task Bake_builds_targets_on_one_another()
    {
        Write(
            "docker-bake.json",
            """
            {
              "target": {
                "below": { "dockerfile-inline": "FROM busybox\nENV GREETING=hello\nRUN echo below > /below\n" },
                "above": {
                  "contexts": { "parent": "target:below" },
                  "dockerfile-inline": "FROM parent\nRUN cat /below && echo $GREETING\n",
                  "tags": ["above"]
                }
              }
            }
            """
        );
        var baked = await Buildx(0, "bake", "above");
        Assert.Matches(@"#\d+ [\d.]+ below\n", baked.Error);
        Assert.Matches(@"#\d+ [\d.]+ hello\n", baked.Error);
        Assert.Equal("2", await Docker().OkAsync("image", "inspect", "-f", "{{len .RootFS.Layers}}", "above"));
    }

    [SkippableFact]
    public async Task Builds_are_remembered()
    {
        var docker = Docker();
        var knowsHistory = (await docker.OkAsync("buildx", "--help")).Contains("history", StringComparison.Ordinal);
        Skip.IfNot(knowsHistory, "this buildx knows no build history: PIER_NEWER may name a tree with a newer one");
        Write("Dockerfile", "FROM busybox\nARG WHO\nRUN echo once; exit $WHO\n");
        await Build("--build-arg", "WHO=0", _context);
        await Buildx(1, "build", "--build-arg", "WHO=3", _context);
        var told = await docker.OkAsync("buildx", "history", "ls");
        Assert.Matches(@"(?s)Error.*Completed", told);
        Assert.Matches(@"WHO\s+3", await docker.OkAsync("buildx", "history", "inspect"));
        Assert.Matches(@"#\d+ [\d.]+ once", (await Buildx(0, "history", "logs", "^1")).Error);
        await docker.OkAsync("buildx", "history", "rm", "--all");
        Assert.DoesNotContain("Completed", await docker.OkAsync("buildx", "history", "ls"));
    }

    [SkippableFact]
    public async Task Builders_are_listed_and_inspected()
    {
        Assert.Matches(@"default\s+running\s+v\S+\s+linux/", await Docker().OkAsync("buildx", "ls"));
        Assert.Matches(@"worker\.snapshotter:\s+overlay", await Docker().OkAsync("buildx", "inspect"));
        Assert.Contains("Total:", await Docker().OkAsync("buildx", "du"));
    }

    void Write(string name, string text)
    {
        var path = Path.Combine(_context, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>The newer docker client, which finds its plugin in its configuration.</summary>
    Client Docker()
    {
        var plugins = Directory.CreateDirectory(Path.Combine(daemon.Directory, "client", "cli-plugins")).FullName;
        if (!File.Exists(Path.Combine(plugins, "docker-buildx")))
            File.CreateSymbolicLink(Path.Combine(plugins, "docker-buildx"), Newer.Path("docker-buildx"));
        return new Client(Newer.Path("docker"), daemon);
    }

    Task<CommandResult> Build(params string[] arguments) => Buildx(0, ["build", .. arguments]);

    async Task<CommandResult> Buildx(int? code, params string[] arguments)
    {
        var start = Docker().Start(["buildx", .. arguments]);
        start.Environment["BUILDKIT_PROGRESS"] = "plain";
        // Before 0.15 questions were an experiment.
        if (arguments.Contains("--print"))
            start.Environment["BUILDX_EXPERIMENTAL"] = "1";
        start.WorkingDirectory = _context;
        var run = await Commands.RunAsync(start, null);
        Assert.True(run.Code == (code ?? run.Code), $"{string.Join(' ', arguments)}: exit {run.Code}: {run.Out}{run.Error}{daemon.Log}");
        return run;
    }
}
