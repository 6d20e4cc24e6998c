using System.Text.Json.Nodes;

namespace Pier.CompatTests.Builds;

/// <summary>
/// The attributes of the image exporter, one by one, as docker 20.10 sends them over BuildKit's wire: what the registry has then, and what
/// the store calls it.
/// </summary>
public sealed class ImageExporterTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IAsyncLifetime
{
    const string Docker = "/usr/bin/docker";
    const string Oci = "application/vnd.oci.image.",
        DockerTypes = "application/vnd.docker.";

    readonly BuildFolder _folder = new BuildFolder().Add("file", new string('x', 100_000));
    RegistryProcess _registry = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryProcess.StartAsync();
        // A base with a compressed layer, and a layer that the build makes.
        var name = $"{_registry.Address}/base:1";
        await Run("tag", "busybox", name);
        await Run("push", name);
        _folder.Dockerfile($"FROM {name}\nCOPY file /file\n");
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [SkippableTheory]
    [InlineData("", Oci + "manifest.v1+json", "tar+gzip tar+gzip")]
    [InlineData("compression=gzip,compression-level=9", Oci + "manifest.v1+json", "tar+gzip tar+gzip")]
    [InlineData("compression=zstd", Oci + "manifest.v1+json", "tar+gzip tar+zstd")]
    [InlineData("compression=zstd,compression-level=19,force-compression=true", Oci + "manifest.v1+json", "tar+zstd tar+zstd")]
    [InlineData("compression=uncompressed", Oci + "manifest.v1+json", "tar+gzip tar")]
    [InlineData("compression=uncompressed,force-compression=", Oci + "manifest.v1+json", "tar tar")]
    [InlineData("force-compression=false", Oci + "manifest.v1+json", "tar+gzip tar+gzip")]
    [InlineData("oci-mediatypes=true", Oci + "manifest.v1+json", "tar+gzip tar+gzip")]
    [InlineData("oci-mediatypes=false", DockerTypes + "distribution.manifest.v2+json", "tar.gzip tar.gzip")]
    [InlineData("oci-mediatypes=false,compression=uncompressed", DockerTypes + "distribution.manifest.v2+json", "tar.gzip tar")]
    [InlineData("oci-mediatypes=false,compression=zstd", DockerTypes + "distribution.manifest.v2+json", "tar.gzip tar.zstd")]
    public async Task A_registry_gets_the_layers_and_media_types_that_were_asked_for(string attributes, string type, string layers)
    {
        var name = NewName();
        await Build("-t", name + ":1", "--output", $"type=image,push=true,{attributes}".TrimEnd(','));
        var manifest = await Manifest(name, "1");
        Assert.Equal(type, (string)manifest["mediaType"]!);
        Assert.Equal(layers, string.Join(' ', manifest["layers"]!.AsArray().Select(l => Ending((string)l!["mediaType"]!))));
        var isDocker = type.StartsWith(DockerTypes, StringComparison.Ordinal);
        Assert.Equal(
            isDocker ? DockerTypes + "container.image.v1+json" : Oci + "config.v1+json",
            (string)manifest["config"]!["mediaType"]!
        );
        // The bytes are what they are called.
        Assert.Equal(layers.Split(' ').Select(Kind), await Task.WhenAll(manifest["layers"]!.AsArray().Select(l => Magic(name, l!))));
        // What the registry has is the image here, and comes back.
        Assert.Contains(await Digest(name, "1"), await Run("image", "inspect", "-f", "{{json .RepoDigests}}", name + ":1"));
        await Run("rmi", "-f", name + ":1");
        await Run("pull", name + ":1");
        Assert.Equal("100000", (await Run("run", "--rm", "--network", "none", name + ":1", "stat", "-c", "%s", "/file")).Trim());
    }

    [SkippableTheory]
    [InlineData("1", "9")]
    public async Task A_level_is_one(string fast, string small)
    {
        async Task<long> Size(string level)
        {
            var name = NewName();
            await Build("-t", name + ":1", "--output", $"type=image,push=true,compression=zstd,compression-level={level}");
            return (await Manifest(name, "1"))["layers"]![1]!["size"]!.GetValue<long>();
        }
        _folder.Add("file", string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i * 7919 % 1000} word {i % 13}\n")));
        Assert.True(await Size(small) < await Size(fast));
    }

    [SkippableTheory]
    [InlineData("annotation.a.b=c", "a.b", "c")]
    [InlineData("annotation-manifest.a=c", "a", "c")]
    [InlineData("annotation[linux/amd64].a=c", "a", "c")]
    [InlineData("annotation.a=all,annotation-manifest[linux/amd64].a=one", "a", "one")]
    [InlineData("annotation.a=c,oci-mediatypes=false", "a", "c")]
    public async Task Annotations_are_on_the_manifest(string attributes, string key, string value)
    {
        var name = NewName();
        await Build("-t", name + ":1", "--output", $"type=image,push=true,{attributes}");
        var annotations = (await Manifest(name, "1"))["annotations"]!.AsObject();
        Assert.Equal([(key, value)], annotations.Select(a => (a.Key, (string)a.Value!)));
    }

    [SkippableFact]
    public async Task An_image_is_pushed_by_its_digest_alone()
    {
        var name = NewName();
        var built = await Build(
            "-t",
            name,
            "--label",
            "of=" + name,
            "--output",
            "type=image,push=true,push-by-digest=true,name-canonical=true"
        );
        Assert.Contains("pushing " + name, built);
        using var http = new HttpClient();
        Assert.DoesNotContain(
            "latest",
            await http.GetStringAsync($"http://{_registry.Address}/v2/{name[(name.IndexOf('/') + 1)..]}/tags/list")
        );
        var there = (await Run("images", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}}")).Split('\n');
        var digest = Assert.Single(there, l => l.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ');
        Assert.Equal("<none>", digest[1]);
        Assert.Equal(digest[2], await Digest(name, digest[2]));
        Assert.Contains("can't push tagged ref", await Fails("-t", name + ":1", "--output", "type=image,push=true,push-by-digest=true"));
    }

    [SkippableFact]
    public async Task Names_by_digest_and_names_of_the_nameless()
    {
        var name = NewName();
        await Build("-t", name + ":1", "--label", "of=" + name, "--output", "type=image,name-canonical=true,unpack=true,store=true");
        var canonical = Assert.Single(JsonNode.Parse(await Run("image", "inspect", "-f", "{{json .RepoDigests}}", name + ":1"))!.AsArray());
        Assert.StartsWith(name + "@sha256:", (string)canonical!);
        Assert.Equal(await Id(name + ":1"), await Id((string)canonical!));

        await Build("--label", "of=nobody", "--output", "type=image,dangling-name-prefix=example.org/dangling");
        var dangling = (await Run("images", "--digests", "--format", "{{.Repository}}@{{.Digest}}")).Split('\n');
        await Run("image", "inspect", Assert.Single(dangling, l => l.StartsWith("example.org/dangling@", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task What_is_not_to_be_stored_is_pushed_all_the_same()
    {
        var name = NewName();
        var built = await Build("-t", name + ":1", "--output", "type=image,store=false,push=true");
        Assert.DoesNotContain("writing image", built);
        Assert.Equal("tar+gzip", Ending((string)(await Manifest(name, "1"))["layers"]![1]!["mediaType"]!));
        Assert.NotEqual(0, (await Client.RunAsync("image", "inspect", name + ":1")).Code);
        // A registry is a push.
        await Build("-t", name + ":2", "--output", "type=registry");
        Assert.Equal(2, (int)(await Manifest(name, "2"))["schemaVersion"]!);
    }

    [SkippableFact]
    public async Task A_registry_is_insecure_when_the_exporter_says_so()
    {
        // Loopback is insecure in any case: the daemon's own bridge is another address of this machine.
        var gateway = (await Run("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", "bridge")).Trim();
        await using var registry = await RegistryProcess.StartAtAsync(gateway);
        var name = $"{registry.Address}/insecure:1";
        var refused = await Fails("-t", name, "--output", "type=image,push=true");
        Assert.Contains($"Get \"https://{registry.Address}/v2/\": tls: failed to verify certificate", refused);
        await Build("-t", name, "--output", "type=image,push=true,registry.insecure=true");
        using var http = new HttpClient();
        Assert.Contains("\"1\"", await http.GetStringAsync($"http://{registry.Address}/v2/insecure/tags/list"));
    }

    [SkippableTheory]
    // The build's date is that of layers as well, unless it is not to be.
    [InlineData("1000000000", "", "2001-09-09T01:46:40Z", 1000000000L)]
    [InlineData("1000000000", ",rewrite-timestamp=true", "2001-09-09T01:46:40Z", 1000000000L)]
    [InlineData("1000000000", ",rewrite-timestamp=false", "2001-09-09T01:46:40Z", null)]
    // An exporter's date goes before it.
    [InlineData("1000000000", ",source-date-epoch=1100000000,rewrite-timestamp=true", "2004-11-09T11:33:20Z", 1100000000L)]
    [InlineData(null, ",source-date-epoch=1100000000", "2004-11-09T11:33:20Z", null)]
    [InlineData(null, ",source-date-epoch=1100000000,rewrite-timestamp=", "2004-11-09T11:33:20Z", 1100000000L)]
    public async Task Times_are_those_of_the_source(string? date, string attributes, string created, long? fileTime)
    {
        var name = NewName();
        string[] argument = date is null ? [] : ["--build-arg", "SOURCE_DATE_EPOCH=" + date];
        // Times are no part of a cache's keys: what another test has built would have that one's.
        _folder.Add("file", name);
        await Build([.. argument, "-t", name, "--output", "type=image" + attributes]);
        Assert.Equal(created, (await Run("image", "inspect", "-f", "{{.Created}}", name)).Trim());
        var history = await Run("history", "--format", "{{.CreatedAt}}", "--human=false", name);
        Assert.StartsWith(created[..10], history);
        var time = (await Run("run", "--rm", "--network", "none", name, "stat", "-c", "%Y", "/file")).Trim();
        var own = new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(_folder.Path, "file"))).ToUnixTimeSeconds();
        Assert.Equal($"{fileTime ?? own}", time);
    }

    [SkippableTheory]
    [InlineData("compression=estargz", "compression estargz is not supported")]
    [InlineData("compression=lzma", "unsupported compression type lzma")]
    [InlineData("compression-level=10", "invalid compression-level \"10\"")]
    [InlineData("compression=zstd,compression-level=23", "invalid compression-level \"23\"")]
    [InlineData("compression=uncompressed,compression-level=1", "what is uncompressed has no level")]
    [InlineData("force-compression=perhaps", "non-bool value specified for force-compression")]
    [InlineData("push=perhaps", "non-bool value specified for push")]
    [InlineData("store=perhaps", "non-bool value specified for store")]
    [InlineData("unpack=perhaps", "non-bool value specified for unpack")]
    [InlineData("push=true", "tag is needed when pushing to registry")]
    [InlineData("attestation-inline=true", "attestation-inline of the exporter \"moby\" is not supported")]
    [InlineData("prefer-nondist-layers=true", "prefer-nondist-layers of the exporter \"moby\" is not supported")]
    [InlineData("unsafe-internal-store-allow-incomplete=true", "is not supported: images of the store are whole")]
    [InlineData("annotation-index.a=b", "index annotations not supported for single platform export")]
    [InlineData("annotation-index-descriptor.a=b", "index annotations not supported for single platform export")]
    [InlineData("annotation-manifest[linux/s390x].a=b", "no platform linux/s390x found in source")]
    [InlineData("annotation-layer.a=b", "unrecognized annotation type layer")]
    [InlineData("annotation[.a=b", "could not fully parse annotation")]
    [InlineData("source-date-epoch=never", "invalid source-date-epoch")]
    [InlineData("name=a@sha256:0123456789012345678901234567890123456789012345678901234567890123", "build tag cannot contain a digest")]
    public async Task What_cannot_be_done_is_said_by_name_before_the_build(string attributes, string error)
    {
        _folder.Dockerfile("FROM busybox\nRUN false\n");
        Assert.Contains(error, await Fails("--output", "type=image," + attributes));
    }

    [SkippableFact]
    public async Task What_is_unknown_has_no_effect_and_is_told()
    {
        var built = await Build("-t", NewName(), "--output", "type=image,shoe-size=44,buildinfo=false,attestation-inline=false");
        Assert.Contains("does not know the attribute shoe-size: it has no effect", built);
        Assert.Contains("does not know the attribute buildinfo: it has no effect", built);
        Assert.DoesNotContain("attestation-inline", built);
        var own = await new Client("pier", daemon).RunAsync(
            "build",
            "--progress=plain",
            "-o",
            "type=image,rewrite-timestamp=true,shoe-size=44",
            _folder.Path
        );
        Assert.True(own.Code == 0, own.Error);
        Assert.Contains("WARN: UnknownExporterAttribute", own.Error);
        Assert.Contains("there is no SOURCE_DATE_EPOCH", own.Error);
    }

    string NewName() => $"{_registry.Address}/exported-{Guid.NewGuid().ToString("N")[..8]}";

    // "application/vnd.oci.image.layer.v1.tar+zstd" ends in "tar+zstd".
    static string Ending(string mediaType) => mediaType[mediaType.LastIndexOf("tar", StringComparison.Ordinal)..];

    static string Kind(string ending) => ending == "tar" ? "tar" : ending[4..];

    async Task<string> Magic(string name, JsonNode layer)
    {
        using var http = new HttpClient();
        var path = name[(name.IndexOf('/') + 1)..];
        var blob = await http.GetByteArrayAsync($"http://{_registry.Address}/v2/{path}/blobs/{layer["digest"]}");
        return blob switch
        {
            [0x1F, 0x8B, ..] => "gzip",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
            _ => "tar",
        };
    }

    async Task<JsonNode> Manifest(string name, string reference)
    {
        using var answer = await Ask(name, reference);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    async Task<string> Digest(string name, string reference)
    {
        using var answer = await Ask(name, reference);
        return answer.Headers.GetValues("Docker-Content-Digest").Single();
    }

    async Task<HttpResponseMessage> Ask(string name, string reference)
    {
        using var http = new HttpClient();
        var path = name[(name.IndexOf('/') + 1)..];
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_registry.Address}/v2/{path}/manifests/{reference}");
        request.Headers.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        request.Headers.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{request.RequestUri}: {answer.StatusCode}");
        return answer;
    }

    Client Client => new("pier", daemon);

    async Task<string> Id(string name) => (await Run("image", "inspect", "-f", "{{.Id}}", name)).Trim();

    async Task<string> Run(params string[] arguments)
    {
        var result = await Client.RunAsync(arguments);
        Assert.True(result.Code == 0, string.Join(' ', arguments) + ": " + result.Error + daemon.Log);
        return result.Out;
    }

    async Task<string> Build(params string[] arguments)
    {
        var build = await Old(arguments);
        Assert.True(build.Code == 0, build.Error + daemon.Log);
        return build.Error;
    }

    async Task<string> Fails(params string[] arguments)
    {
        var build = await Old(arguments);
        Assert.True(build.Code != 0, build.Error);
        Assert.DoesNotContain("RUN false", build.Error);
        return build.Error;
    }

    Task<CommandResult> Old(string[] arguments)
    {
        Skip.IfNot(
            File.Exists(Docker) && VersionOf(Docker).StartsWith("Docker version 20.10", StringComparison.Ordinal),
            "docker 20.10 (Debian's docker.io) is not installed"
        );
        var start = new Client("docker", daemon).Start(["build", "--progress=plain", .. arguments, _folder.Path]);
        start.FileName = Docker;
        start.Environment["DOCKER_BUILDKIT"] = "1";
        return Commands.RunAsync(start, null);
    }

    static string VersionOf(string program) => Commands.RunAsync(program, "--version").GetAwaiter().GetResult().Out;
}
