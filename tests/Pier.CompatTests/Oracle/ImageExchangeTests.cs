using System.Diagnostics;

namespace Pier.CompatTests.Oracle;

/// <summary>Images go from engine to engine, by archives and by both registries, and stay what they are.</summary>
public sealed class ImageExchangeTests(OldPair pair) : IClassFixture<OldPair>
{
    const string Podman = "/usr/bin/podman";

    readonly Client _docker = new("/usr/bin/docker", pair.Docker),
        _pier = new("pier", pair.Pier);

    string InWork(string name) => Path.Combine(pair.Pier.Directory, name);

    // Two layers: busybox, and a file with a mode and an owner of its own.
    async Task<string> MakeAsync(string name)
    {
        var container = await _pier.OkAsync(
            "run",
            "-d",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            $"echo {name} >/file; chmod 640 /file; chown 7:8 /file"
        );
        await _pier.OkAsync("wait", container);
        await _pier.OkAsync("commit", container, name);
        await _pier.OkAsync("rm", container);
        return await IdAsync(_pier, name);
    }

    static Task<string> IdAsync(Client client, string image) => client.OkAsync("image", "inspect", "-f", "{{.Id}}", image);

    Task<string> ReadAsync(string image) =>
        _pier.OkAsync("run", "--rm", "--network", "none", image, "sh", "-c", "cat /file; stat -c '%a %u %g' /file");

    string[] Storage => ["--root", InWork("podman"), "--runroot", InWork("podman-run"), "--storage-driver", "vfs"];

    [SkippableFact]
    public async Task Dockerd_loads_what_pier_saved_and_the_other_way_round()
    {
        Skip.If(pair.Peer.Missing is not null, pair.Peer.Missing);
        var id = await MakeAsync("exchange:docker");
        var (saved, back) = (InWork("pier.tar"), InWork("docker.tar"));
        await _pier.OkAsync("save", "-o", saved, "exchange:docker");
        Assert.Contains("exchange:docker", await _docker.OkAsync("load", "-i", saved));
        Assert.Equal(id, await IdAsync(_docker, "exchange:docker"));
        Assert.Equal("exchange:docker", await _docker.OkAsync("run", "--rm", "--network", "none", "exchange:docker", "cat", "/file"));
        await _docker.OkAsync("save", "-o", back, "exchange:docker");
        await _docker.OkAsync("rmi", "exchange:docker");
        await _pier.OkAsync("rmi", "exchange:docker");
        Assert.Contains("exchange:docker", await _pier.OkAsync("load", "-i", back));
        Assert.Equal(id, await IdAsync(_pier, "exchange:docker"));
        Assert.Equal("exchange:docker\n640 7 8", await ReadAsync("exchange:docker"));
    }

    [SkippableTheory, InlineData("docker-archive"), InlineData("oci-archive")]
    public async Task Podman_loads_what_pier_saved_and_the_other_way_round(string format)
    {
        Skip.If(pair.Peer.Missing is not null, pair.Peer.Missing);
        Skip.IfNot(File.Exists(Podman), "podman is not installed");
        var name = "exchange:" + format;
        var id = await MakeAsync(name);
        var (saved, back) = (InWork(format + "-pier.tar"), InWork(format + "-podman.tar"));
        await _pier.OkAsync("save", "-o", saved, name);
        var loaded = (await Commands.OkAsync(Podman, [.. Storage, "load", "-q", "-i", saved])).Split(' ')[^1];
        await Commands.OkAsync(Podman, [.. Storage, "save", "-q", "--format", format, "-o", back, loaded]);
        await Commands.OkAsync(Podman, [.. Storage, "rmi", "-f", loaded]);
        await _pier.OkAsync("rmi", name);
        var here = (await _pier.OkAsync("load", "-q", "-i", back)).Split(": ", 2)[^1];
        // Archives in Docker's format keep the configuration's bytes, and so the id.
        if (format == "docker-archive")
            Assert.Equal(id, await IdAsync(_pier, here));
        Assert.Equal($"{name}\n640 7 8", await ReadAsync(here));
    }

    [SkippableTheory, InlineData("pier"), InlineData("docker-registry")]
    public async Task Dockerd_and_pier_exchange_by_a_registry(string registry)
    {
        Skip.If(pair.Peer.Missing is not null, pair.Peer.Missing);
        await using var server = await ServeAsync(registry);
        var (ours, theirs) = ($"{server.Address}/exchange/pier:1", $"{server.Address}/exchange/docker:1");
        var id = await MakeAsync(ours);
        await _pier.OkAsync("push", ours);
        await _docker.OkAsync("pull", ours);
        Assert.Equal(id, await IdAsync(_docker, ours));
        await _docker.OkAsync("tag", ours, theirs);
        await _docker.OkAsync("push", theirs);
        await _docker.OkAsync("rmi", ours, theirs);
        await _pier.OkAsync("rmi", ours);
        await _pier.OkAsync("pull", theirs);
        Assert.Equal(id, await IdAsync(_pier, theirs));
        Assert.Equal($"{ours}\n640 7 8", await ReadAsync(theirs));
    }

    [SkippableTheory, InlineData("gzip"), InlineData("zstd"), InlineData("zstd:chunked")]
    public async Task Layers_of_each_compression_come_from_podman(string compression)
    {
        Skip.If(pair.Peer.Missing is not null, pair.Peer.Missing);
        Skip.IfNot(File.Exists(Podman), "podman is not installed");
        await using var server = await ServeAsync("pier");
        var name = $"{server.Address}/compressed/{compression.Replace(':', '-')}:1";
        await MakeAsync(name);
        var saved = InWork(compression.Replace(':', '-') + ".tar");
        await _pier.OkAsync("save", "-o", saved, name);
        await _pier.OkAsync("rmi", name);
        await Commands.OkAsync(Podman, [.. Storage, "load", "-q", "-i", saved]);
        await Commands.OkAsync(Podman, [.. Storage, "push", "-q", "--tls-verify=false", "--compression-format", compression, name]);
        await Commands.OkAsync(Podman, [.. Storage, "rmi", "-f", name]);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        Assert.Contains(
            compression.Split(':')[0],
            await http.GetStringAsync($"http://{server.Address}/v2/compressed/{compression.Replace(':', '-')}/manifests/1")
        );
        await _pier.OkAsync("pull", name);
        Assert.Equal($"{name}\n640 7 8", await ReadAsync(name));
        // And on to a client that gets them as they came.
        await _pier.OkAsync("push", name);
        await Commands.OkAsync(Podman, [.. Storage, "pull", "-q", "--tls-verify=false", name]);
        await Commands.OkAsync(Podman, [.. Storage, "rmi", "-f", name]);
    }

    static async Task<Served> ServeAsync(string registry)
    {
        if (registry == "pier")
        {
            var own = await RegistryProcess.StartAsync();
            return new Served(own.Address, own);
        }
        Skip.IfNot(File.Exists(DebianRegistry.Program), "docker-registry is not installed");
        var debian = await DebianRegistry.StartAsync();
        return new Served(debian.Address, debian);
    }

    sealed record Served(string Address, IAsyncDisposable Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    sealed class DebianRegistry(Process process, string root, string address) : IAsyncDisposable
    {
        internal const string Program = "/usr/bin/docker-registry";

        internal string Address { get; } = address;

        internal static async Task<DebianRegistry> StartAsync()
        {
            var address = $"127.0.0.1:{FreePorts.Loopback()}";
            var root = Directory.CreateTempSubdirectory("exchange-registry-").FullName;
            File.WriteAllText(
                root + "/config.yml",
                $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {root}/data}}}}\nhttp: {{addr: \"{address}\"}}\n"
            );
            var registry = new DebianRegistry(
                Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {Program} serve {root}/config.yml >{root}/log 2>&1"]))!,
                root,
                address
            );
            await RegistryProcess.UntilItAnswersAsync(address, 600);
            return registry;
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            Directory.Delete(root, recursive: true);
        }
    }
}
