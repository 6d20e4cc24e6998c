using System.Diagnostics;

namespace Pier.CompatTests.Oracle;

/// <summary>Images go from engine to engine, by archives and by both registries, and stay what they are.</summary>
public sealed class ImageExchangeTests(OraclePair pair) : IClassFixture<OraclePair>
{
    const string Podman = "/usr/bin/podman";

    readonly Client _docker = new("/usr/bin/docker", pair.Docker),
        _pier = new("pier", pair.Pier);

    static async Task<string> Ok(Client client, params string[] arguments)
    {
        var result = await client.RunAsync(arguments);
        Assert.True(result.Code == 0, $"{client.Program} {string.Join(' ', arguments)}: {result.Error}");
        return result.Out.Trim();
    }

    static async Task<string> Ok(string program, params string[] arguments)
    {
        var result = await Commands.RunAsync(program, arguments);
        Assert.True(result.Code == 0, $"{program} {string.Join(' ', arguments)}: {result.Error}");
        return result.Out.Trim();
    }

    string InWork(string name) => Path.Combine(pair.Pier.Directory, name);

    // Two layers: busybox, and a file with a mode and an owner of its own.
    async Task<string> MakeAsync(string name)
    {
        var container = await Ok(
            _pier,
            "run",
            "-d",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            $"echo {name} >/file; chmod 640 /file; chown 7:8 /file"
        );
        await Ok(_pier, "wait", container);
        await Ok(_pier, "commit", container, name);
        await Ok(_pier, "rm", container);
        return await IdAsync(_pier, name);
    }

    static Task<string> IdAsync(Client client, string image) => Ok(client, "image", "inspect", "-f", "{{.Id}}", image);

    Task<string> ReadAsync(string image) =>
        Ok(_pier, "run", "--rm", "--network", "none", image, "sh", "-c", "cat /file; stat -c '%a %u %g' /file");

    string[] Storage => ["--root", InWork("podman"), "--runroot", InWork("podman-run"), "--storage-driver", "vfs"];

    [SkippableFact]
    public async Task Dockerd_loads_what_pier_saved_and_the_other_way_round()
    {
        Skip.If(DockerDaemon.Missing is not null, DockerDaemon.Missing);
        var id = await MakeAsync("exchange:docker");
        var (saved, back) = (InWork("pier.tar"), InWork("docker.tar"));
        await Ok(_pier, "save", "-o", saved, "exchange:docker");
        Assert.Contains("exchange:docker", await Ok(_docker, "load", "-i", saved));
        Assert.Equal(id, await IdAsync(_docker, "exchange:docker"));
        Assert.Equal("exchange:docker", await Ok(_docker, "run", "--rm", "--network", "none", "exchange:docker", "cat", "/file"));
        await Ok(_docker, "save", "-o", back, "exchange:docker");
        await Ok(_docker, "rmi", "exchange:docker");
        await Ok(_pier, "rmi", "exchange:docker");
        Assert.Contains("exchange:docker", await Ok(_pier, "load", "-i", back));
        Assert.Equal(id, await IdAsync(_pier, "exchange:docker"));
        Assert.Equal("exchange:docker\n640 7 8", await ReadAsync("exchange:docker"));
    }

    [SkippableTheory, InlineData("docker-archive"), InlineData("oci-archive")]
    public async Task Podman_loads_what_pier_saved_and_the_other_way_round(string format)
    {
        Skip.If(DockerDaemon.Missing is not null, DockerDaemon.Missing);
        Skip.IfNot(File.Exists(Podman), "podman is not installed");
        var name = "exchange:" + format;
        var id = await MakeAsync(name);
        var (saved, back) = (InWork(format + "-pier.tar"), InWork(format + "-podman.tar"));
        await Ok(_pier, "save", "-o", saved, name);
        var loaded = (await Ok(Podman, [.. Storage, "load", "-q", "-i", saved])).Split(' ')[^1];
        await Ok(Podman, [.. Storage, "save", "-q", "--format", format, "-o", back, loaded]);
        await Ok(Podman, [.. Storage, "rmi", "-f", loaded]);
        await Ok(_pier, "rmi", name);
        var here = (await Ok(_pier, "load", "-q", "-i", back)).Split(": ", 2)[^1];
        // Archives in Docker's format keep the configuration's bytes, and so the id.
        if (format == "docker-archive")
            Assert.Equal(id, await IdAsync(_pier, here));
        Assert.Equal($"{name}\n640 7 8", await ReadAsync(here));
    }

    [SkippableTheory, InlineData("pier"), InlineData("docker-registry")]
    public async Task Dockerd_and_pier_exchange_by_a_registry(string registry)
    {
        Skip.If(DockerDaemon.Missing is not null, DockerDaemon.Missing);
        await using var server = await ServeAsync(registry);
        var (ours, theirs) = ($"{server.Address}/exchange/pier:1", $"{server.Address}/exchange/docker:1");
        var id = await MakeAsync(ours);
        await Ok(_pier, "push", ours);
        await Ok(_docker, "pull", ours);
        Assert.Equal(id, await IdAsync(_docker, ours));
        await Ok(_docker, "tag", ours, theirs);
        await Ok(_docker, "push", theirs);
        await Ok(_docker, "rmi", ours, theirs);
        await Ok(_pier, "rmi", ours);
        await Ok(_pier, "pull", theirs);
        Assert.Equal(id, await IdAsync(_pier, theirs));
        Assert.Equal($"{ours}\n640 7 8", await ReadAsync(theirs));
    }

    [SkippableTheory, InlineData("gzip"), InlineData("zstd"), InlineData("zstd:chunked")]
    public async Task Layers_of_each_compression_come_from_podman(string compression)
    {
        Skip.If(DockerDaemon.Missing is not null, DockerDaemon.Missing);
        Skip.IfNot(File.Exists(Podman), "podman is not installed");
        await using var server = await ServeAsync("pier");
        var name = $"{server.Address}/compressed/{compression.Replace(':', '-')}:1";
        await MakeAsync(name);
        var saved = InWork(compression.Replace(':', '-') + ".tar");
        await Ok(_pier, "save", "-o", saved, name);
        await Ok(_pier, "rmi", name);
        await Ok(Podman, [.. Storage, "load", "-q", "-i", saved]);
        await Ok(Podman, [.. Storage, "push", "-q", "--tls-verify=false", "--compression-format", compression, name]);
        await Ok(Podman, [.. Storage, "rmi", "-f", name]);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        Assert.Contains(
            compression.Split(':')[0],
            await http.GetStringAsync($"http://{server.Address}/v2/compressed/{compression.Replace(':', '-')}/manifests/1")
        );
        await Ok(_pier, "pull", name);
        Assert.Equal($"{name}\n640 7 8", await ReadAsync(name));
        // And on to a client that gets them as they came.
        await Ok(_pier, "push", name);
        await Ok(Podman, [.. Storage, "pull", "-q", "--tls-verify=false", name]);
        await Ok(Podman, [.. Storage, "rmi", "-f", name]);
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
