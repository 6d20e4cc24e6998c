using System.Text.Json.Nodes;

namespace Pier.CompatTests.Builds;

/// <summary>
/// The attributes of the exporters whose results go to the client (oci, docker, local, tar), one by one over BuildKit's wire: what is in
/// the archive or the directory then, and whether others can read it.
/// </summary>
public sealed class ClientExporterTests(PierDaemon daemon) : IClassFixture<PierDaemon>, IDisposable
{
    const string Oci = "application/vnd.oci.image.",
        DockerTypes = "application/vnd.docker.";
    const string Both = "linux/amd64,linux/arm64";

    readonly BuildFolder _folder = new BuildFolder()
        .Add("file", new string('x', 100_000))
        .Add("only-amd64", "amd")
        .Add("only-arm64", "arm")
        .Dockerfile("FROM scratch\nARG TARGETARCH\nCOPY file only-$TARGETARCH /dir/\nCMD [\"none\"]\n");
    readonly string _work = Directory.CreateTempSubdirectory("pier-exported-").FullName;

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    [Theory]
    [InlineData("oci", "", Oci + "manifest.v1+json", Oci + "layer.v1.tar")]
    [InlineData("oci", "compression=gzip", Oci + "manifest.v1+json", Oci + "layer.v1.tar+gzip")]
    [InlineData("oci", "compression=zstd,compression-level=19", Oci + "manifest.v1+json", Oci + "layer.v1.tar+zstd")]
    [InlineData("oci", "oci-mediatypes=false", DockerTypes + "distribution.manifest.v2+json", DockerTypes + "image.rootfs.diff.tar")]
    [InlineData("docker", "", DockerTypes + "distribution.manifest.v2+json", DockerTypes + "image.rootfs.diff.tar")]
    [InlineData("docker", "compression=gzip", DockerTypes + "distribution.manifest.v2+json", DockerTypes + "image.rootfs.diff.tar.gzip")]
    [InlineData("docker", "oci-mediatypes=true,tar=true", Oci + "manifest.v1+json", Oci + "layer.v1.tar")]
    [InlineData("docker", "compression=zstd", Oci + "manifest.v1+json", Oci + "layer.v1.tar+zstd")]
    public async Task An_archive_has_the_layers_and_media_types_that_were_asked_for(
        string type,
        string attributes,
        string manifest,
        string layer
    )
    {
        var layout = await Archive(type, $"name=exported:1,{attributes}");
        var target = layout.Index["manifests"]![0]!;
        Assert.Equal(manifest, (string)target["mediaType"]!);
        Assert.Equal(layer, (string)layout.Read(target)["layers"]![0]!["mediaType"]!);
        Assert.Equal("docker.io/library/exported:1", (string)target["annotations"]!["io.containerd.image.name"]!);
        await Run("load", "-i", layout.Archive!);
        Assert.Equal("[none]", (await Run("image", "inspect", "-f", "{{.Config.Cmd}}", "exported:1")).Trim());
    }

    [Fact]
    public async Task Annotations_are_where_they_are_meant_for()
    {
        var one = await Archive("oci", "annotation.a=manifest,annotation-manifest-descriptor.a=descriptor,annotation.b.c=d");
        var target = one.Index["manifests"]![0]!;
        Assert.Equal("descriptor", (string)target["annotations"]!["a"]!);
        Assert.Equal("""{"a":"manifest","b.c":"d"}""", one.Read(target)["annotations"]!.ToJsonString());

        const string Attributes =
            "annotation-index.i=1,annotation-index-descriptor.d=2,annotation-manifest[linux/arm64].m=3,annotation-manifest-descriptor[linux/amd64].n=4";
        var both = await Archive("oci", Attributes, "--platform", Both);
        target = both.Index["manifests"]![0]!;
        Assert.Equal("""{"d":"2"}""", target["annotations"]!.ToJsonString());
        var index = both.Read(target);
        Assert.Equal("""{"i":"1"}""", index["annotations"]!.ToJsonString());
        var (amd, arm) = (index["manifests"]![0]!, index["manifests"]![1]!);
        Assert.Equal("""{"n":"4"}""", amd["annotations"]!.ToJsonString());
        Assert.Null(arm["annotations"]);
        Assert.Null(both.Read(amd)["annotations"]);
        Assert.Equal("""{"m":"3"}""", both.Read(arm)["annotations"]!.ToJsonString());
    }

    [Fact]
    public async Task An_image_goes_into_a_directory_unpacked()
    {
        var directory = Path.Combine(_work, "layout");
        var built = await Build("-t", "exported:2", "-q", "-o", $"type=oci,tar=false,dest={directory},compression=zstd");
        Assert.Equal("", built);
        var layout = new Layout(directory, null);
        var target = layout.Index["manifests"]![0]!;
        Assert.Equal("2", (string)target["annotations"]!["org.opencontainers.image.ref.name"]!);
        Assert.Equal("docker.io/library/exported:2", (string)target["annotations"]!["io.containerd.image.name"]!);
        Assert.Equal(Oci + "layer.v1.tar+zstd", (string)layout.Read(target)["layers"]![0]!["mediaType"]!);
        Assert.Contains("dest is required", await Fails("-o", "type=oci,tar=false"));
    }

    [SkippableTheory, InlineData(""), InlineData("--platform " + Both)]
    public async Task Others_read_what_was_compressed_with_zstd(string platforms)
    {
        Skip.IfNot(File.Exists("/usr/bin/skopeo") && File.Exists("/usr/bin/buildah"), "skopeo and buildah are not installed");
        await using var registry = await RegistryProcess.StartAsync();
        var name = $"{registry.Address}/zstd:1";
        string[] more = platforms.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var layout = await Archive("oci", "name=exported:3,compression=zstd", more);
        await Build([.. more, "-t", name, "-o", "type=registry,compression=zstd,compression-level=9"]);

        await Shell($"skopeo inspect oci-archive:{layout.Archive}");
        await Shell($"skopeo copy oci-archive:{layout.Archive} oci:{_work}/copied:1");
        var raw = await Shell($"skopeo inspect --raw --tls-verify=false docker://{name}");
        Assert.Contains(platforms.Length > 0 ? "image.index.v1+json" : "layer.v1.tar+zstd", raw);
        await Shell($"skopeo inspect --tls-verify=false docker://{name}");
        await Shell($"skopeo copy --src-tls-verify=false docker://{name} dir:{_work}/dir");
        var storage = $"buildah --root {_work}/b --runroot {_work}/r --storage-driver vfs";
        await Shell($"{storage} pull -q --tls-verify=false {name}");
        var size =
            $"c=$({storage} from --pull=never {name}); stat -c %s $({storage} mount $c)/dir/file; {storage} rm $c >/dev/null; {storage} rmi -a -f >/dev/null";
        Assert.Equal("100000", (await Shell(size)).Trim());

        // And we.
        await Run("rmi", "-f", name);
        await Run("pull", name);
        await Run("rmi", "-f", name);
        await Run("load", "-i", layout.Archive!);
        await Run("rmi", "-f", "exported:3");
    }

    [Theory, InlineData("local"), InlineData("tar")]
    public async Task A_directory_a_platform_or_one_for_all(string type)
    {
        string[] Dirs(string target) => [.. Directory.GetFileSystemEntries(target).Select(Path.GetFileName).Order()!];
        Assert.Equal(["dir"], Dirs(await Tree(type, "")));
        Assert.Equal(["linux_amd64"], Dirs(await Tree(type, "platform-split=true")));
        Assert.Equal(["linux_amd64", "linux_arm64"], Dirs(await Tree(type, "", "--platform", Both)));
        // What both have, they must not have twice.
        var quarrel = await Fails("--platform", Both, "-o", Output(type, "platform-split=false", Path.Combine(_work, "quarrel")));
        Assert.Contains("cannot overwrite dir/file from linux/amd64 with linux/arm64 when split option is disabled", quarrel);
        _folder.Dockerfile("FROM scratch\nARG TARGETARCH\nCOPY only-$TARGETARCH /dir/\nCOPY only-$TARGETARCH /\n");
        var merged = await Tree(type, "platform-split=false", "--platform", Both);
        Assert.Equal(["dir", "only-amd64", "only-arm64"], Dirs(merged));
        Assert.Equal(["only-amd64", "only-arm64"], Dirs(merged + "/dir"));
        Assert.Equal("arm", File.ReadAllText(merged + "/dir/only-arm64"));
    }

    [Theory]
    [InlineData("local", "source-date-epoch=1100000000", null)]
    [InlineData("tar", "source-date-epoch=1100000000", null)]
    [InlineData("local", "", "1100000000")]
    [InlineData("tar", "", "1100000000")]
    [InlineData("local", "source-date-epoch=1100000000", "1000000000")]
    public async Task Every_file_has_the_date_of_the_source(string type, string attributes, string? argument)
    {
        string[] date = argument is null ? [] : ["--build-arg", "SOURCE_DATE_EPOCH=" + argument];
        var target = await Tree(type, attributes, [.. date, "--platform", Both]);
        string[] places = ["linux_arm64/dir", "linux_arm64/dir/file", "linux_amd64/dir/only-amd64"];
        Assert.All(
            places,
            p => Assert.Equal(1100000000, new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(target, p))).ToUnixTimeSeconds())
        );
    }

    [Theory]
    [InlineData("local", "attestation-prefix=a", "attestation-prefix is not supported")]
    [InlineData("tar", "attestation-prefix=a", "attestation-prefix is not supported")]
    [InlineData("local", "platform-split=perhaps", "non-bool value specified for platform-split")]
    [InlineData("tar", "source-date-epoch=1e9", "invalid source-date-epoch")]
    [InlineData("oci", "tar=perhaps", "non-bool value specified for tar")]
    [InlineData("oci", "annotation-index.a=b", "index annotations not supported")]
    [InlineData("docker", "attestation-inline=1", "attestation-inline of the exporter \"docker\" is not supported")]
    [InlineData("nothing", "a=b", "exporter \"nothing\" could not be found")]
    public async Task What_cannot_be_done_is_said_by_name_before_the_build(string type, string attributes, string error)
    {
        _folder.Dockerfile("FROM scratch\nRUN never\n");
        var failed = await Fails("-o", Output(type, attributes, Path.Combine(_work, "never")));
        Assert.Contains(error, failed);
        Assert.DoesNotContain("RUN never", failed);
    }

    [Theory, InlineData("local"), InlineData("tar"), InlineData("oci"), InlineData("docker")]
    public async Task What_is_unknown_has_no_effect_and_is_told(string type)
    {
        var told = (
            await Client.RunAsync("build", "--progress=plain", "-o", Output(type, "shoe-size=44", Path.Combine(_work, "x")), _folder.Path)
        ).Error;
        Assert.Contains($"WARN: UnknownExporterAttribute: the exporter \"{type}\" does not know the attribute shoe-size", told);
    }

    // Attributes without anything between two commas are none.
    static string Output(string type, string attributes, string target) => $"type={type},dest={target},{attributes}".TrimEnd(',');

    async Task<Layout> Archive(string type, string attributes, params string[] more)
    {
        var file = Path.Combine(_work, Guid.NewGuid().ToString("N") + ".tar");
        await Build([.. more, "-o", Output(type, attributes, file)]);
        var directory = Directory.CreateDirectory(file + ".d").FullName;
        await Shell($"tar -xf {file} -C {directory}");
        return new Layout(directory, file);
    }

    async Task<string> Tree(string type, string attributes, params string[] more)
    {
        var target = Path.Combine(_work, Guid.NewGuid().ToString("N"));
        await Build([.. more, "-o", Output(type, attributes, type == "tar" ? target + ".tar" : target)]);
        if (type == "tar")
            await Shell($"mkdir {target} && tar -xf {target}.tar -C {target}");
        return target;
    }

    Client Client => new("pier", daemon);

    async Task<string> Build(params string[] arguments)
    {
        var build = await Client.RunAsync(["build", .. arguments, _folder.Path]);
        Assert.True(build.Code == 0, build.Error + daemon.Log);
        return build.Out;
    }

    async Task<string> Fails(params string[] arguments)
    {
        var build = await Client.RunAsync(["build", "--progress=plain", .. arguments, _folder.Path]);
        Assert.True(build.Code != 0, build.Error);
        return build.Error;
    }

    async Task<string> Run(params string[] arguments)
    {
        var result = await Client.RunAsync(arguments);
        Assert.True(result.Code == 0, string.Join(' ', arguments) + ": " + result.Error + daemon.Log);
        return result.Out;
    }

    static async Task<string> Shell(string command)
    {
        var result = await Commands.RunAsync("sh", "-c", command);
        Assert.True(result.Code == 0, $"{command}: {result.Error}");
        return result.Out;
    }

    /// <summary>An OCI image layout in a directory.</summary>
    sealed record Layout(string Root, string? Archive)
    {
        public JsonNode Index => JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "index.json")))!;

        public JsonNode Read(JsonNode descriptor) =>
            JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "blobs", ((string)descriptor["digest"]!).Replace(':', '/'))))!;
    }
}
