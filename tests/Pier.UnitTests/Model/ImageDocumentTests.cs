using System.Text;
using System.Text.Json;
using Pier.Model;

namespace Pier.UnitTests.Model;

public class ImageDocumentTests
{
    const string Sha = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const string Descriptor = $$"""{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Sha}}","size":2}""";

    [Fact]
    public void A_manifest_and_an_index_are_read()
    {
        var manifest = ImageDocument.Manifest(Bytes($$"""{"schemaVersion":2,"config":{{Descriptor}},"layers":[]}"""));
        Assert.Equal(Sha, manifest.Config.Digest.ToString());
        var index = ImageDocument.Index(Bytes($$"""{"schemaVersion":2,"manifests":[{{Descriptor}}]}"""));
        Assert.Equal(2, Assert.Single(index.Manifests).Size);
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"config":$D,"layers":[],"manifests":[]}""")]
    [InlineData("""{"schemaVersion":1,"config":$D,"layers":[],"fsLayers":[]}""")]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":$D,"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"config":$D,"layers":[null]}""")]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"x","digest":"../../etc","size":1},"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"config":$D,"layers":[],"annotations":[]}""")]
    [InlineData("null")]
    [InlineData("{")]
    public void A_manifest_that_is_something_else_is_refused(string json) =>
        Assert.Throws<InvalidParameterException>(() =>
            ImageDocument.Manifest(Bytes(json.Replace("$D", Descriptor)), MediaTypes.OciManifest)
        );

    [Fact]
    public void An_index_that_is_also_a_manifest_is_refused() =>
        Assert.Throws<InvalidParameterException>(() => ImageDocument.Index(Bytes($$"""{"schemaVersion":2,"manifests":[],"layers":[]}""")));

    [Fact]
    public void Huge_and_deep_documents_are_refused()
    {
        Assert.Throws<InvalidParameterException>(() => ImageDocument.Config(new byte[ImageDocument.MaxSize + 1]));
        Assert.Throws<InvalidParameterException>(() => ImageDocument.Config(Bytes(new string('[', 100_000))));
        var nested = string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000);
        Assert.Throws<InvalidParameterException>(() => ImageDocument.Manifest(Bytes($$"""{"config":{{nested}},"layers":[]}""")));
    }

    [Fact]
    public void A_configuration_keeps_dockers_extra_fields()
    {
        var config = ImageDocument.Config(
            Bytes(
                """
                {"architecture":"amd64","os":"linux","os.version":"1","author":"me","created":"2024-05-06T07:08:09.123456789Z","docker_version":"27.0",
                 "config":{"Cmd":["sh"],"Entrypoint":null,"Healthcheck":{"Test":["CMD","x"],"Interval":30000000000},"OnBuild":["RUN x"],"Shell":["/bin/bash","-c"],
                 "Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}},"StopSignal":"SIGQUIT","Labels":null,"ArgsEscaped":true},
                 "rootfs":{"type":"layers","diff_ids":[]},"history":[{"created_by":"x","empty_layer":true}]}
                """
            )
        );
        Assert.Equal(30_000_000_000, config.Config!.Healthcheck!.Interval);
        Assert.Equal(["RUN x"], config.Config.OnBuild!);
        Assert.Equal(["/v"], config.Config.Volumes!.Keys);
        Assert.Equal("SIGQUIT", config.Config.StopSignal);
        Assert.True(Assert.Single(config.History!).EmptyLayer);
        var again = ImageDocument.Config(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig));
        Assert.Equal(config.Created, again.Created);
        Assert.Equal("1", again.OsVersion);
    }

    [Fact]
    public void Chain_ids_are_those_of_the_specification()
    {
        var a = Digest.Of("a"u8);
        var b = Digest.Of("b"u8);
        Assert.Equal([a, Digest.Of(Bytes($"{a} {b}"))], ChainId.Prefixes([a, b]));
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
