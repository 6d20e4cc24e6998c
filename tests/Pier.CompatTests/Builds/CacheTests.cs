using System.Text.Json.Nodes;

namespace Pier.CompatTests.Builds;

/// <summary>
/// Two daemons that share nothing but a cache: what one has built the other need not build. A step that writes a random number tells who
/// ran it.
/// </summary>
public sealed class CacheTests : IAsyncLifetime
{
    const string Random = "head -c 16 /dev/urandom | od -x";

    readonly PierDaemon _one = new(),
        _other = new();
    readonly BuildFolder _folder = new();
    RegistryProcess _registry = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryProcess.StartAsync();
        await _one.InitializeAsync();
        // The same base image on both.
        await _other.InitializeAsync();
        var archive = Path.Combine(_one.Directory, "base.tar");
        await Run(_one, "save", "-o", archive, "busybox:latest");
        await Run(_other, "load", "-i", archive);
        _folder
            .Add("file", "one")
            .Dockerfile(
                $"""
                FROM busybox AS made
                RUN {Random} > /early
                COPY file /made
                RUN {Random} > /random; cat /made >> /random
                FROM busybox
                RUN {Random} > /first
                COPY --from=made /random /from
                WORKDIR /work
                RUN {Random} > last
                CMD ["cat", "/first", "/from", "/work/last"]

                """
            );
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("registry", "")]
    [InlineData("registry", ",mode=max,image-manifest=false,compression=uncompressed")]
    [InlineData("registry", ",mode=max,compression=zstd")]
    [InlineData("local", "")]
    [InlineData("local", ",mode=max,compression=zstd,compression-level=19,force-compression=true")]
    [InlineData("local", ",mode=max,compression-level=9,tag=mine")]
    public async Task A_cache_makes_another_daemon_build_the_same(string type, string options)
    {
        var local = Path.Combine(_one.Directory, "cache");
        var (to, from) =
            type == "registry"
                ? ($"ref={_registry.Address}/cache:1", $"ref={_registry.Address}/cache:1")
                : ($"dest={local}", $"src={local}");
        if (options.Contains("tag=mine"))
            from += ",tag=mine";
        var made = await Build(_one, "--cache-to", $"type={type},{to}{options}", "-t", "made");
        Assert.Contains("exporting cache to", made);
        if (type == "local" && options.Contains("zstd"))
            Assert.All(Layers(local), l => Assert.Equal("application/vnd.oci.image.layer.v1.tar+zstd", l));
        var again = await Build(_other, "--cache-from", $"type={type},{from}", "-t", "made");
        Assert.Contains("importing cache manifest from", again);
        Assert.Equal(await Words(_one), await Words(_other));
        Assert.Equal(await Id(_one), await Id(_other));
        Assert.DoesNotContain("exporting cache to", again);

        // What changed is built, and what stands on it: of the stage that was copied from only mode=max has the beginning.
        _folder.Add("file", "another");
        await Build(_other, "--cache-from", $"type={type},{from}", "-t", "made");
        var (before, after) = (await Words(_one), await Words(_other));
        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);
        Assert.NotEqual(before[^1], after[^1]);
        await Build(_other, "--target", "made", "-t", "stage", "--cache-from", $"type={type},{from}");
        await Build(_one, "--target", "made", "-t", "stage");
        Assert.Equal(options.Contains("max"), await Early(_one) == await Early(_other));
    }

    [Fact]
    public async Task An_image_is_a_cache_when_it_says_so()
    {
        var name = $"{_registry.Address}/inline:1";
        await Build(_one, "--cache-to", "type=inline", "-t", name, "-t", "made");
        await Run(_one, "push", name);
        await Build(_other, "--cache-from", $"type=registry,ref={name}", "-t", "made");
        Assert.Equal(await Words(_one), await Words(_other));

        // The classic wire takes what is here: pulled before, as it is done with docker.
        await Run(_other, "image", "rm", "-f", "made");
        await Run(_other, "builder", "prune", "-af");
        await Run(_other, "pull", name);
        var classic = await Client(_other).RunAsync("build", "--cache-from", name, "-t", "made", _folder.Path);
        Assert.True(classic.Code == 0, classic.Error);
        Assert.Contains("Using cache", classic.Out);
        Assert.Equal(await Words(_one), await Words(_other));
    }

    [SkippableFact]
    public async Task Docker_with_BuildKit_reads_and_writes_inline_caches()
    {
        const string Docker = "/usr/bin/docker";
        var version = File.Exists(Docker) ? (await Commands.RunAsync(Docker, "--version")).Out : "";
        Skip.IfNot(
            version.StartsWith("Docker version 20.10", StringComparison.Ordinal),
            "docker 20.10 (Debian's docker.io) is not installed"
        );
        var name = $"{_registry.Address}/by-docker:1";
        await DockerBuild(_one, "--build-arg", "BUILDKIT_INLINE_CACHE=1", "-t", name, "-t", "made");
        await Run(_one, "push", name);
        Assert.Contains("importing cache manifest from", await DockerBuild(_other, "--cache-from", name, "-t", "made"));
        Assert.Equal(await Words(_one), await Words(_other));
        Assert.Contains("ERROR", await DockerBuild(_other, "--cache-from", $"{_registry.Address}/nothing:1", "-t", "made"));

        async Task<string> DockerBuild(PierDaemon daemon, params string[] arguments)
        {
            var start = new Client("docker", daemon).Start(["build", "--progress=plain", .. arguments, _folder.Path]);
            start.FileName = Docker;
            start.Environment["DOCKER_BUILDKIT"] = "1";
            var build = await Commands.RunAsync(start, null);
            Assert.True(build.Code == 0, build.Error + daemon.Log);
            return build.Error;
        }
    }

    [Fact]
    public async Task Any_image_that_is_here_is_a_cache_for_the_classic_wire_by_its_history()
    {
        _folder
            .Add("dir/sub/more", "more")
            .Dockerfile(
                $"""
                FROM busybox
                RUN {Random} > /first
                COPY file dir /copied/
                ENV A=b
                RUN {Random} > /second
                COPY file /from
                RUN {Random} > /last
                CMD ["cat", "/first", "/second", "/last"]

                """
            );
        var name = $"{_registry.Address}/history:1";
        await Run(_one, "build", "-t", name, "-t", "made", _folder.Path);
        await Run(_one, "push", name);
        await Run(_other, "pull", name);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "file"), DateTime.UnixEpoch);
        var classic = await Run(_other, "build", "--cache-from", name, "--cache-from", "no-such-image", "-t", "made", _folder.Path);
        Assert.Contains("the cache no-such-image is not used", classic);
        Assert.Equal(await Words(_one), await Words(_other));
        Assert.Equal(await Id(_one), await Id(_other));

        // Another file, and another variable: what stands on it is made.
        await Run(_other, "builder", "prune", "-af");
        _folder.Add("dir/sub/more", "else");
        await Run(_other, "build", "--cache-from", name, "-t", "made", _folder.Path);
        var (before, after) = (await Words(_one), await Words(_other));
        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);
        Assert.NotEqual(before[2], after[2]);
    }

    [Fact]
    public async Task A_cache_that_is_read_and_written_keeps_what_nobody_needed()
    {
        var reference = $"ref={_registry.Address}/kept:1";
        await Build(_one, "--cache-to", $"type=registry,{reference},mode=max", "-t", "made");
        await Build(
            _other,
            "--cache-from",
            $"type=registry,{reference}",
            "--cache-to",
            $"type=registry,{reference},mode=max",
            "-t",
            "made"
        );
        await Build(_other, "--target", "made", "-t", "stage");
        await Build(_one, "--target", "made", "-t", "stage");
        Assert.Equal(await Early(_one), await Early(_other));
    }

    [Fact]
    public async Task Broken_and_hostile_caches_are_told_and_not_used()
    {
        Assert.Contains("not found", await Build(_one, "--cache-from", $"type=registry,ref={_registry.Address}/nothing:1"));
        Assert.Contains("ERROR", await Build(_one, "--cache-from", "type=registry,ref=127.0.0.1:1/nobody:1"));
        Assert.Contains("ERROR", await Build(_one, "--cache-from", $"type=local,src={_folder.Path}/nowhere"));
        Assert.Contains("unknown cache importer", await Build(_one, "--cache-from", "type=gha,url=x"));
        Assert.Contains("it is no build cache", await Build(_one, "--cache-from", $"type=registry,ref={await PlainImage()}"));

        // A layer that is another one, and one that is not there: the steps run.
        var local = Path.Combine(_one.Directory, "broken");
        await Build(_one, "--cache-to", $"type=local,dest={local},mode=max,compression=uncompressed", "-t", "made");
        var blobs = Path.Combine(local, "blobs", "sha256");
        var layers = Manifest(local)["layers"]!
            .AsArray()
            .Select(l => (string)l!["digest"]!)
            .Select(d => Path.Combine(blobs, d[7..]))
            .ToArray();
        foreach (var layer in layers.Skip(1))
            File.WriteAllBytes(layer, new byte[new FileInfo(layer).Length]);
        var told = await Build(_other, "--cache-from", $"type=local,src={local}", "-t", "made");
        Assert.Contains("digest", told);
        Assert.NotEqual(await Words(_one), await Words(_other));
        foreach (var layer in layers)
            File.Delete(layer);
        await Run(_other, "builder", "prune", "-af");
        Assert.Contains("not found", await Build(_other, "--cache-from", $"type=local,src={local}", "-t", "made"));
        Leftovers.None(_other);

        // Numbers that lead nowhere, circles, and what is no document at all.
        foreach (var config in (string[])[Circles(local), "{\"layers\":[null],\"records\":[null]}", "[]", "{", new string('[', 100_000)])
        {
            await Run(_other, "builder", "prune", "-af");
            Replace(local, config);
            await Build(_other, "--cache-from", $"type=local,src={local}", "-t", "made");
        }
    }

    [Fact]
    public async Task What_cannot_be_written_is_said_before_the_build()
    {
        Assert.Contains("unknown cache exporter: gha", await Fails("--cache-to", "type=gha"));
        Assert.Contains("needs the option ref", await Fails("--cache-to", "type=registry"));
        Assert.Contains("mode=min alone", await Fails("--cache-to", "type=inline,mode=max"));
        Assert.Contains("invalid cache mode", await Fails("--cache-to", $"type=registry,ref={_registry.Address}/x,mode=middle"));
        Assert.Contains("compression estargz", await Fails("--cache-to", $"type=registry,ref={_registry.Address}/x,compression=estargz"));
        Assert.Contains("unknown option", await Fails("--cache-to", $"type=registry,ref={_registry.Address}/x,no=thing"));
        Assert.DoesNotContain("/3] RUN", await Fails("--cache-to", "type=registry"));
        await Fails("--cache-to", "type=registry,ref=127.0.0.1:1/nobody:1");
        Assert.Contains("ERROR", await Build(_one, "--cache-to", "type=registry,ref=127.0.0.1:1/nobody:1,ignore-error=true"));
    }

    // The media types of the layers of the cache in a directory.
    static IEnumerable<string> Layers(string directory)
    {
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "index.json")))!;
        var digest = index["manifests"]![0]!["digest"]!.GetValue<string>().Replace(':', '/');
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "blobs", digest)))!;
        return manifest["layers"]!.AsArray().Select(l => l!["mediaType"]!.GetValue<string>());
    }

    async Task<string> PlainImage()
    {
        var name = $"{_registry.Address}/plain:1";
        await Run(_one, "tag", "busybox", name);
        await Run(_one, "push", name);
        return name;
    }

    // Every layer stands on itself or on one that is not there; every step points to one.
    static string Circles(string local)
    {
        var config = JsonNode.Parse(File.ReadAllText(Blob(local, (string)Manifest(local)["config"]!["digest"]!)))!;
        var layers = config["layers"]!.AsArray();
        for (var i = 0; i < layers.Count; i++)
            layers[i]!["parent"] =
                i % 3 == 0 ? i
                : i % 3 == 1 ? 1_000_000
                : int.MinValue;
        foreach (var record in config["records"]!.AsArray().Skip(1))
            record!["chains"] = JsonNode.Parse("[{\"layers\":[-1]},{\"layers\":[9999999]},null]");
        return config.ToJsonString();
    }

    static void Replace(string local, string config)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(config);
        var manifest = Manifest(local);
        (manifest["config"]!["digest"], manifest["config"]!["size"]) = (Write(local, bytes), bytes.Length);
        var text = System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString());
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(local, "index.json")))!;
        (index["manifests"]![0]!["digest"], index["manifests"]![0]!["size"]) = (Write(local, text), text.Length);
        File.WriteAllText(Path.Combine(local, "index.json"), index.ToJsonString());
    }

    static string Write(string local, byte[] bytes)
    {
        var hex = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        File.WriteAllBytes(Blob(local, "sha256:" + hex), bytes);
        return "sha256:" + hex;
    }

    static JsonNode Manifest(string local) =>
        JsonNode.Parse(
            File.ReadAllText(
                Blob(local, (string)JsonNode.Parse(File.ReadAllText(Path.Combine(local, "index.json")))!["manifests"]![0]!["digest"]!)
            )
        )!;

    static string Blob(string local, string digest) => Path.Combine(local, "blobs", "sha256", digest[7..]);

    static Client Client(PierDaemon daemon) => new("pier", daemon);

    async Task<string> Build(PierDaemon daemon, params string[] arguments)
    {
        var build = await Client(daemon).RunAsync(["build", "--progress=plain", .. arguments, _folder.Path]);
        Assert.True(build.Code == 0, build.Out + build.Error + daemon.Log);
        return build.Error;
    }

    async Task<string> Fails(params string[] arguments)
    {
        var build = await Client(_one).RunAsync(["build", "--progress=plain", .. arguments, _folder.Path]);
        Assert.True(build.Code != 0, build.Out + build.Error);
        return build.Error;
    }

    /// <summary>The random numbers of the image "made": of the first step, of the stage that was copied from, of the last step.</summary>
    static async Task<string[]> Words(PierDaemon daemon) =>
        (await Run(daemon, "run", "--rm", "--network", "none", "made"))
            .Split('\n')
            .Where(l => l.StartsWith("0000000", StringComparison.Ordinal))
            .ToArray();

    static Task<string> Early(PierDaemon daemon) => Run(daemon, "run", "--rm", "--network", "none", "stage", "cat", "/early");

    static async Task<string> Id(PierDaemon daemon) => await Run(daemon, "image", "inspect", "-f", "{{.Id}}", "made");

    static async Task<string> Run(PierDaemon daemon, params string[] arguments)
    {
        var result = await Client(daemon).RunAsync(arguments);
        Assert.True(result.Code == 0, string.Join(' ', arguments) + ": " + result.Error + daemon.Log);
        return result.Out;
    }
}
