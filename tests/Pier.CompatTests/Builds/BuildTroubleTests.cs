using System.Diagnostics;

namespace Pier.CompatTests.Builds;

/// <summary>Builds that are stopped, killed, shared, or attacked. Each test has the daemon for itself.</summary>
public sealed class BuildTroubleTests : IAsyncLifetime
{
    readonly PierDaemon _daemon = new();
    readonly BuildFolder _folder = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _daemon.DisposeAsync();
        _folder.Dispose();
    }

    Client Pier => new("pier", _daemon);

    // What happened; the result itself is no part of it.
    async Task<string> Build(params string[] arguments)
    {
        var run = await Pier.RunAsync(["build", .. arguments, _folder.Path]);
        Assert.True(run.Code == 0, run.Out + run.Error);
        return run.Error;
    }

    /// <summary>How many vertices were there already; the base is one.</summary>
    static int Cached(string build) => build.Split(" CACHED").Length - 1;

    static async Task Until(Func<bool> done, string what)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(20))
            if (done())
                return;
        Assert.Fail(what);
    }

    /// <summary>Processes of this machine that sleep for a time that only this test uses.</summary>
    static bool Sleeps(string seconds) =>
        Directory
            .GetDirectories("/proc")
            .Any(d =>
            {
                try
                {
                    return File.ReadAllText(d + "/cmdline").Contains($"sleep\0{seconds}\0", StringComparison.Ordinal);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return false;
                }
            });

    [Fact]
    public async Task A_client_that_goes_away_stops_its_build_and_leaves_a_usable_cache()
    {
        var seconds = $"{Random.Shared.Next(100_000, 900_000)}";
        _folder.Dockerfile($"FROM busybox\nRUN echo one > /one\nRUN sleep {seconds}\n");
        using (var build = Process.Start(Pier.Start("build", _folder.Path))!)
        {
            await Until(() => Sleeps(seconds), "the step did not start");
            build.Kill();
            await build.WaitForExitAsync();
        }
        await Until(() => !Sleeps(seconds), "the step goes on");
        Leftovers.None(_daemon);
        _folder.Dockerfile("FROM busybox\nRUN echo one > /one\nRUN true\n");
        Assert.Equal(2, Cached(await Build()));
    }

    [Fact]
    public async Task A_daemon_that_is_killed_in_the_middle_of_a_build_leaves_nothing_but_its_cache()
    {
        var seconds = $"{Random.Shared.Next(100_000, 900_000)}";
        _folder
            .Add("file", "x")
            .Dockerfile($"FROM busybox\nCOPY file /\nRUN echo one > /one\nRUN --mount=type=cache,target=/c sleep {seconds}\n");
        using (var build = Process.Start(Pier.Start("build", _folder.Path))!)
        {
            await Until(() => Sleeps(seconds), "the step did not start");
            _daemon.Crash();
            await build.WaitForExitAsync();
        }
        _daemon.Start();
        await _daemon.WaitUntilReadyAsync();
        await Until(() => !Sleeps(seconds), "the step goes on");
        Leftovers.None(_daemon);
        _folder.Dockerfile("FROM busybox\nCOPY file /\nRUN echo one > /one\nRUN true\n");
        Assert.Equal(3, Cached(await Build()));
    }

    [Fact]
    public async Task Stages_run_at_once_unused_ones_never_and_two_builds_share_what_is_alike()
    {
        // Each of the two waits for the other: one after the other they would not end.
        const string wait = "do i=$((i+1)); [ $i -lt 600 ] || exit 9; sleep 0.1; done";
        _folder.Dockerfile(
            $"""
            FROM busybox AS a
            RUN --mount=type=cache,id=meet,target=/m i=0; touch /m/a; until [ -e /m/b ]; {wait}; echo a > /a
            FROM busybox AS b
            RUN --mount=type=cache,id=meet,target=/m i=0; touch /m/b; until [ -e /m/a ]; {wait}; echo b > /b
            FROM busybox AS unused
            RUN false
            FROM busybox
            COPY --from=a /a /
            COPY --from=b /b /

            """
        );
        await Task.WhenAll(Build("-t", "first"), Build("-t", "second"));
        var ids = await Task.WhenAll(new[] { "first", "second" }.Select(n => Pier.RunAsync("inspect", "-f", "{{.Id}}", n)));
        Assert.StartsWith("sha256:", ids[0].Out);
        Assert.Equal(ids[0].Out, ids[1].Out);
    }

    [Fact]
    public async Task The_same_sources_at_the_same_epoch_give_the_same_image_on_two_roots()
    {
        _folder
            .Add("src/a", "one")
            .Add("src/b", "two", 0x1ED)
            .Dockerfile(
                """
                FROM busybox
                ARG SOURCE_DATE_EPOCH
                COPY src /src
                RUN mkdir -p /x/y; echo data > /x/y/z; ln /x/y/z /x/hard; ln -s z /x/y/s; touch /src/a
                WORKDIR /work/deep
                RUN rm /src/b; echo $SOURCE_DATE_EPOCH > epoch
                CMD ["sh"]

                """
            );
        var other = new PierDaemon();
        await other.InitializeAsync();
        try
        {
            // Both must stand on the same base: the fixture's import has the time of its making.
            var archive = Path.Combine(_folder.Path, "..", "base-" + Guid.NewGuid().ToString("n")[..8]);
            try
            {
                Assert.Equal(0, (await Pier.RunAsync("save", "-o", archive, "busybox")).Code);
                Assert.Equal(0, (await new Client("pier", other).RunAsync("load", "-i", archive)).Code);
            }
            finally
            {
                File.Delete(archive);
            }
            var ids = new List<string>();
            foreach (var daemon in new[] { _daemon, other })
            {
                var run = await new Client("pier", daemon).RunAsync(
                    "build",
                    "-q",
                    "--no-cache",
                    "--build-arg",
                    "SOURCE_DATE_EPOCH=1400000000",
                    _folder.Path
                );
                Assert.True(run.Code == 0, run.Error);
                ids.Add(run.Out.Trim());
                await Task.Delay(1100);
            }
            Assert.Equal(ids[0], ids[1]);
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task No_link_in_the_context_or_the_base_leads_out_and_excluded_files_stay_out()
    {
        var secret = Path.Combine(_folder.Path, "..", "secret-" + Guid.NewGuid().ToString("n")[..8]);
        File.WriteAllText(secret, "host-secret");
        try
        {
            _folder
                .Link("out", secret)
                .Link("climb", "../" + Path.GetFileName(secret))
                .Link("up", "..")
                .Add("hidden/key", "excluded-secret")
                .Link("around", "hidden/key")
                .Add(".dockerignore", "hidden\n")
                .Add("ok", "fine");
            foreach (
                var copy in new[]
                {
                    "COPY out /x",
                    "COPY climb /x",
                    "COPY up/" + Path.GetFileName(secret) + " /x",
                    "COPY hidden/key /x",
                    "COPY around /x",
                    "ADD out /x",
                    "COPY ../" + Path.GetFileName(secret) + " /x",
                }
            )
            {
                _folder.Dockerfile($"FROM busybox\n{copy}\nRUN cat /x\n");
                var run = await Pier.RunAsync("build", _folder.Path);
                Assert.True(run.Code != 0, copy);
                Assert.DoesNotContain("host-secret", run.Out + run.Error);
                Assert.DoesNotContain("excluded-secret", run.Out + run.Error);
            }
            // A link in the base means a place in the image, never one of the host; a mount's source cannot climb either.
            var host = Path.Combine(Path.GetTempPath(), "pier-build-host-" + Guid.NewGuid().ToString("n")[..8]);
            _folder.Dockerfile(
                $"FROM busybox\nRUN ln -s {host} /link; ln -s /../../../../ /climb\nCOPY ok /link/\nCOPY ok /climb/inside\nRUN cat {host}/ok /inside\n"
            );
            Assert.Contains("finefine", await Build());
            Assert.False(Directory.Exists(host));
            _folder.Dockerfile($"FROM busybox\nRUN --mount=type=bind,source=up,target=/m ls /m/{Path.GetFileName(secret)}\n");
            Assert.NotEqual(0, (await Pier.RunAsync("build", _folder.Path)).Code);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public async Task Cache_mounts_outlive_builds_and_their_places_are_no_part_of_the_image()
    {
        _folder.Dockerfile(
            "FROM busybox\nRUN --mount=type=cache,id=c,target=/var/deep/cache echo x >> /var/deep/cache/n; wc -l < /var/deep/cache/n\nRUN ls -d /var/deep || echo clean\n"
        );
        Assert.Contains(" 1\n", await Build("--no-cache"));
        var second = await Build("--no-cache");
        Assert.Contains(" 2\n", second);
        Assert.Contains("clean\n", second);
        // A cache whose content was swapped for a link leads to a place in the step, not of the host.
        _folder.Dockerfile("FROM busybox\nRUN --mount=type=cache,id=c,target=/c ln -s /etc /c/etc\n");
        await Build();
        _folder.Dockerfile("FROM busybox\nRUN --mount=type=cache,id=c,target=/c ls /c/etc; echo seen > /c/etc/pier-build-test\n");
        await Build();
        Assert.False(File.Exists("/etc/pier-build-test"));
    }

    [Fact]
    public async Task The_cache_is_pruned_and_its_layers_go_with_it()
    {
        _folder.Dockerfile("FROM busybox\nRUN head -c 3000000 /dev/zero > /big\n");
        await Build("-t", "big");
        // The context that is kept for the next build goes, the image's layers stay.
        await Pier.RunAsync("builder", "prune", "-f");
        Assert.Contains("Total reclaimed space: 0B", (await Pier.RunAsync("builder", "prune", "-f")).Out);
        await Pier.RunAsync("rmi", "big");
        var blobs = Path.Combine(_daemon.Directory, "data/content/blobs/sha256");
        Assert.Contains(Directory.GetFiles(blobs), f => new FileInfo(f).Length > 3_000_000);
        // The layer as a blob and unpacked.
        Assert.Contains("Total reclaimed space: 6", (await Pier.RunAsync("builder", "prune", "-af")).Out);
        Assert.DoesNotContain(Directory.GetFiles(blobs), f => new FileInfo(f).Length > 3_000_000);
    }
}
