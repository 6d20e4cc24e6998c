using System.Text.Json;
using Pier.Distribution;
using Pier.KernelTests.Registry;
using Pier.Model;

namespace Pier.KernelTests.Distribution;

/// <summary>What a registry keeps besides images that run here: artifacts, encrypted layers.</summary>
public sealed class StrangeContentTests : IAsyncLifetime
{
    PierRegistry? _registry;

    public async Task InitializeAsync() => _registry = await PierRegistry.StartAsync();

    public async Task DisposeAsync() => await _registry!.DisposeAsync();

    // moby's distribution/errors.go: invalidManifestClassError.
    [Theory]
    [InlineData("application/vnd.cncf.helm.config.v1+json", "unknown")]
    [InlineData("application/vnd.oci.empty.v1+json", "unknown")]
    [InlineData("application/vnd.docker.plugin.v1+json", "plugin")]
    public async Task An_artifact_is_refused_in_dockers_words(string config, string kind)
    {
        var error = await RefusedAsync<InvalidParameterException>(config, MediaTypes.OciLayerGzip);
        Assert.Equal($"Encountered remote \"{config}\"({kind}) when fetching", error.Message);
    }

    [Fact]
    public async Task An_encrypted_layer_is_named_as_the_reason()
    {
        const string type = "application/vnd.oci.image.layer.v1.tar+gzip+encrypted";
        var error = await RefusedAsync<UnsupportedException>(MediaTypes.OciConfig, type);
        Assert.StartsWith("layer sha256:", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"is encrypted ({type}): encrypted images are not supported", error.Message, StringComparison.Ordinal);
    }

    // The registry keeps it all the same.
    async Task<TError> RefusedAsync<TError>(string configType, string layerType)
        where TError : EngineException
    {
        using var talk = new RegistryTalk(_registry!.Address);
        var config = JsonSerializer.SerializeToUtf8Bytes(
            new ImageConfig
            {
                Architecture = "amd64",
                Os = "linux",
                RootFs = new RootFs { DiffIds = [Digest.Of([1])] },
            },
            ImageJson.Plain.ImageConfig
        );
        var layer = "no layer that could be read"u8.ToArray();
        await talk.PushBlobAsync("strange", config);
        await talk.PushBlobAsync("strange", layer);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(
            new ImageManifest
            {
                MediaType = MediaTypes.OciManifest,
                Config = new Descriptor
                {
                    MediaType = configType,
                    Digest = Digest.Of(config),
                    Size = config.Length,
                },
                Layers =
                [
                    new Descriptor
                    {
                        MediaType = layerType,
                        Digest = Digest.Of(layer),
                        Size = layer.Length,
                    },
                ],
            },
            ImageJson.Plain.ImageManifest
        );
        using (var put = await talk.PutManifestAsync("strange", "v1", manifest))
            Assert.Equal(201, (int)put.StatusCode);
        using (var got = await talk.GetAsync("/v2/strange/manifests/v1"))
            Assert.Equal(manifest, await got.Content.ReadAsByteArrayAsync());
        using var client = new RegistryClient();
        var target = new MemoryContent();
        return await Assert.ThrowsAsync<TError>(() => client.PullAsync(ImageReference.Parse($"{_registry.Address}/strange:v1"), target));
    }
}
