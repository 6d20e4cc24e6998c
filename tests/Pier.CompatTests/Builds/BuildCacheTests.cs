using System.Diagnostics;
using System.Text.Json;

namespace Pier.CompatTests.Builds;

/// <summary>What builds keep: listed, counted, pruned and limited. Each test has the daemon for itself.</summary>
public sealed class BuildCacheTests : IAsyncLifetime
{
    const int Filling = 2_000_000;

    readonly BuildFolder _folder = new();
    PierDaemon? _daemon;

    async Task<Client> Start(params string[] arguments)
    {
        _daemon = new PierDaemon { MoreArguments = arguments };
        await _daemon.InitializeAsync();
        return new Client("pier", _daemon);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        _folder.Dispose();
    }

    Task<string> Build(Client client, params string[] arguments) =>
        client.OutputAsync(["build", "--progress=plain", .. arguments, _folder.Path]);

    async Task<JsonElement> Usage()
    {
        var answer = await Commands.RunAsync("curl", "-s", "--unix-socket", _daemon!.Socket, "http://d/system/df");
        using var document = JsonDocument.Parse(answer.Out);
        return document.RootElement.Clone();
    }

    async Task<JsonElement[]> Rows(string? type = null) =>
        [
            .. (await Usage())
                .GetProperty("BuildCache")
                .EnumerateArray()
                .Where(r => type is null || r.GetProperty("Type").GetString() == type),
        ];

    static long Own(JsonElement usage) =>
        usage
            .GetProperty("BuildCache")
            .EnumerateArray()
            .Where(r => !r.GetProperty("Shared").GetBoolean())
            .Sum(r => r.GetProperty("Size").GetInt64());

    static async Task Until(Func<Task<bool>> done, string what)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100))
            if (await done())
                return;
        Assert.Fail(what);
    }

    void Write() =>
        _folder
            .Add("data/file", new string('x', Filling))
            .Dockerfile(
                "FROM busybox\nCOPY data /data\nRUN --mount=type=cache,id=kept,target=/c head -c 300000 /dev/urandom > /c/file; cat /data/file > /made\n"
            );

    [SkippableFact]
    public async Task What_builds_keep_is_listed_and_the_total_is_what_du_says()
    {
        var client = await Start();
        Write();
        await Build(client, "-t", "kept");
        await Build(client, "-t", "kept");

        // The directory itself, and what was asked for by name: Dockerfile and .dockerignore.
        var context = (await Rows("source.local")).MaxBy(r => r.GetProperty("Size").GetInt64());
        Assert.Equal("local source for context", context.GetProperty("Description").GetString());
        Assert.InRange(context.GetProperty("Size").GetInt64(), Filling, Filling + 100_000);
        Assert.Equal(2, context.GetProperty("UsageCount").GetInt32());
        var mount = Assert.Single(await Rows("exec.cachemount"));
        Assert.Equal("cached mount /c with id \"kept\"", mount.GetProperty("Description").GetString());
        Assert.InRange(mount.GetProperty("Size").GetInt64(), 300_000, 400_000);
        Assert.Equal(1, mount.GetProperty("UsageCount").GetInt32());
        var steps = await Rows("regular");
        Assert.Equal(2, steps.Length);
        Assert.All(steps, s => Assert.True(s.GetProperty("Shared").GetBoolean()));
        await Until(async () => (await Rows()).All(r => !r.GetProperty("InUse").GetBoolean()), "something is in use after the builds");
        await TotalIsDisk();

        await client.OutputAsync("rmi", "kept");
        Assert.All(await Rows("regular"), s => Assert.False(s.GetProperty("Shared").GetBoolean()));
        Assert.All(await Rows("regular"), s => Assert.True(s.GetProperty("Size").GetInt64() >= 2 * Filling));
        await TotalIsDisk();
        var docker = new Client("docker", _daemon!);
        Skip.If(docker.Missing is not null, docker.Missing);
        const string format = "{{.Type}}|{{.TotalCount}}|{{.Active}}|{{.Size}}|{{.Reclaimable}}";
        Assert.Equal(
            await docker.OutputAsync("system", "df", "--format", format),
            await client.OutputAsync("system", "df", "--format", format)
        );
        Assert.Equal(Section(await docker.OutputAsync("system", "df", "-v")), Section(await client.OutputAsync("system", "df", "-v")));
    }

    // The table's last part; ages may tick between two calls.
    static string[] Section(string shown) =>
        [
            .. shown[shown.IndexOf("Build cache usage", StringComparison.Ordinal)..]
                .Split('\n')
                .Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(3)))
                .Order(),
        ];

    async Task TotalIsDisk()
    {
        var (said, counted) = (0L, 1L);
        await Until(
            async () =>
            {
                var usage = await Usage();
                said = usage.GetProperty("LayersSize").GetInt64() + Own(usage);
                counted = long.Parse(
                    (await Commands.RunAsync("du", "-xs", "--block-size=1", Path.Combine(_daemon!.Directory, "data"))).Out.Split('\t')[0]
                );
                return said == counted;
            },
            $"df says {said}, du {counted}"
        );
    }

    [Fact]
    public async Task What_a_build_uses_is_not_pruned()
    {
        var client = await Start();
        _folder.Dockerfile(
            "FROM busybox\nRUN --mount=type=cache,id=held,target=/c i=0; until [ -e /c/go ]; do i=$((i+1)); [ $i -lt 600 ] || exit 9; sleep 0.1; done; cat /c/go\n"
        );
        var build = Build(client);
        string? id = null;
        await Until(
            async () =>
                (
                    id = (await Rows("exec.cachemount"))
                        .Where(r => r.GetProperty("InUse").GetBoolean())
                        .Select(r => r.GetProperty("ID").GetString())
                        .FirstOrDefault()
                )
                    is not null
                || build.IsCompleted,
            "the step did not start"
        );
        Assert.Contains(await Rows("source.local"), r => r.GetProperty("InUse").GetBoolean());
        Assert.DoesNotContain(id!, await client.OutputAsync("builder", "prune", "-af"));
        File.WriteAllText(Path.Combine(_daemon!.Directory, "data/builds/caches", id!, "go"), "went on\n");
        await build;
        Assert.Contains(id!, await client.OutputAsync("builder", "prune", "-af"));
        Assert.Empty(await Rows());
        Leftovers.None(_daemon);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_daemon.Directory, "data/builds/caches")));
    }

    [Fact]
    public async Task Prune_keeps_to_its_filters_and_to_what_is_to_stay()
    {
        var client = await Start();
        Write();
        await Build(client);
        await client.OutputAsync("image", "prune", "-f");
        var all = (await Rows()).Length;
        Task<string> Prune(params string[] arguments) => client.OutputAsync(["builder", "prune", "-af", .. arguments]);
        Assert.Contains("Total reclaimed space: 0B", await Prune("--filter", "until=24h"));
        Assert.Contains("Total reclaimed space: 0B", await Prune("--filter", "shared=true"));
        Assert.Contains("Total reclaimed space: 0B", await Prune("--filter", "inuse=true"));
        Assert.Contains("Total reclaimed space: 0B", await Prune("--keep-storage", "1000000000"));
        Assert.Equal(all, (await Rows()).Length);
        var mount = Assert.Single(await Rows("exec.cachemount")).GetProperty("ID").GetString()!;
        Assert.Contains(mount, await Prune("--filter", "id=" + mount[..12]));
        Assert.Equal(all - 1, (await Rows()).Length);
        await Prune("--filter", "type=source.local");
        Assert.All(await Rows(), r => Assert.Equal("regular", r.GetProperty("Type").GetString()));
        Assert.Equal(2, (await Rows()).Length);
        // The longest unused goes first: the step below the one that was made last.
        await Prune("--keep-storage", "5000000");
        Assert.Single(await Rows());
        await Prune();
        Assert.Empty(await Rows());
        Assert.Equal(1, (await client.RunAsync("builder", "prune", "-af", "--filter", "until=never")).Code);
    }

    [Theory]
    [InlineData("""gc={"enabled":true,"defaultKeepStorage":"1MB"}""")]
    [InlineData(
        """gc={"enabled":true,"policy":[{"filter":["type=source.local"],"keepStorage":"1MB"},{"all":true,"maxUsedSpace":"10GB"}]}"""
    )]
    public async Task Limits_hold_for_everything_that_is_kept(string setting)
    {
        var client = await Start("--builder", setting);
        Write();
        await Build(client);
        await Until(async () => Own(await Usage()) <= 1 << 20, "the cache stays as large as it was");
        Assert.Equal(2, (await Rows("regular")).Length);
        Assert.Single(await Rows("exec.cachemount"));
    }
}
