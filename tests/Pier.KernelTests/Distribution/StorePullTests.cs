using System.IO.Compression;
using System.Text.Json;
using Pier.Distribution;
using Pier.Distribution.Pull;
using Pier.Distribution.Push;
using Pier.KernelTests.Registry;
using Pier.Model;
using Pier.Store;

namespace Pier.KernelTests.Distribution;

/// <summary>Pulls into a data root, and pushes out of it.</summary>
public sealed class StorePullTests : IAsyncLifetime
{
    readonly string _root = Directory.CreateTempSubdirectory("pier-store-pull-").FullName;
    PierRegistry? _registry;

    public async Task InitializeAsync() => _registry = await PierRegistry.StartAsync();

    public async Task DisposeAsync()
    {
        await _registry!.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_pulled_image_is_an_image_and_can_be_pushed_again()
    {
        var source = new MemoryContent();
        var image = AddRealImage(source, "one", "two", "three");
        using var client = new RegistryClient();
        await client.PushAsync(Name("team/app:v1"), image, source);
        using var store = StoreRoot.Open(_root, "vfs");
        var pulled = await PullAsync(client, store, Name("team/app:v1"));
        Assert.Equal([$"{_registry!.Address}/team/app:v1"], pulled.RepoTags);
        Assert.Equal([$"{_registry.Address}/team/app@{image.Digest}"], pulled.RepoDigests);
        Assert.Equal(3, pulled.Manifest.Layers.Length);

        // Again: nothing is fetched.
        var steps = new List<TransferProgress>();
        Assert.Equal(pulled.Id, (await PullAsync(client, store, Name("team/app:v1"), steps)).Id);
        Assert.Equal(3, steps.Count(s => s.Status == "Already exists"));

        await client.PushAsync(Name("copy/app:v2"), pulled.Target, new StorePushSource(store.Content));
        Assert.Equal(image.Digest, (await client.PullAsync(Name("copy/app:v2"), new MemoryContent())).Target.Digest);
    }

    [Fact]
    public async Task Two_pulls_of_one_image_fetch_it_once()
    {
        var source = new MemoryContent();
        var image = AddRealImage(source, "one", "two", "three");
        using var client = new RegistryClient();
        await client.PushAsync(Name("app:v1"), image, source);
        await using var proxy = new FaultProxy(_registry!.Address, (_, _) => null);
        using var store = StoreRoot.Open(_root, "vfs");
        var transfers = new BlobTransfers();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var target = new StorePullTarget(store, transfers);
            await client.PullAsync(ImageReference.Parse($"{proxy.Address}/app:v1"), target);
        }));
        var layers = ImageDocument.Manifest(source.Blobs[image.Digest]).Layers;
        foreach (var layer in layers) Assert.Single(proxy.Seen, s => s.Path.EndsWith(layer.Digest.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_pull_leaves_nothing()
    {
        var source = new MemoryContent();
        var image = AddRealImage(source, "one", "two");
        using var client = new RegistryClient(new RegistryClientOptions { FirstPause = TimeSpan.FromMilliseconds(1), MaxAttempts = 2 });
        await client.PushAsync(Name("app:v1"), image, source);
        var last = ImageDocument.Manifest(source.Blobs[image.Digest]).Layers[1].Digest;
        await using var proxy = new FaultProxy(
            _registry!.Address, (request, _) =>
            request.RawUrl!.EndsWith(last.ToString(), StringComparison.Ordinal) ? new Fault { FlipLastByte = true } : null);
        using var store = StoreRoot.Open(_root, "vfs");
        await Assert.ThrowsAsync<InvalidParameterException>(
            () => PullAsync(client, store, ImageReference.Parse($"{proxy.Address}/app:v1")));
        Assert.Empty(store.Images.List());
        store.Images.Collect();
        Assert.Empty(store.Content.All());
        // And the same from a registry that does not lie.
        await PullAsync(client, store, Name("app:v1"));
    }

    [Fact]
    public async Task A_layer_that_is_not_what_the_configuration_says_is_refused()
    {
        var source = new MemoryContent();
        var image = AddRealImage(source, wrongDiffId: true, "one");
        using var client = new RegistryClient();
        await client.PushAsync(Name("liar:v1"), image, source);
        using var store = StoreRoot.Open(_root, "vfs");
        var error = await Assert.ThrowsAsync<InvalidParameterException>(() => PullAsync(client, store, Name("liar:v1")));
        Assert.Contains("layer digest does not match", error.Message, StringComparison.Ordinal);
        Assert.Empty(store.Images.List());
    }

    ImageReference Name(string text) => ImageReference.Parse($"{_registry!.Address}/{text}");

    static async Task<Pier.Store.Images.Image> PullAsync(
        RegistryClient client, StoreRoot store, ImageReference name, List<TransferProgress>? steps = null)
    {
        using var target = new StorePullTarget(store);
        var pulled = await client.PullAsync(name, target, progress: step =>
        {
            if (steps is null) return;
            lock (steps) steps.Add(step);
        });
        return target.Name(pulled, name, CancellationToken.None);
    }

    static Descriptor AddRealImage(MemoryContent source, params string[] files) => AddRealImage(source, false, files);

    static Descriptor AddRealImage(MemoryContent source, bool wrongDiffId, params string[] files)
    {
        var (layers, diffIds) = (new List<Descriptor>(), new List<Digest>());
        foreach (var file in files)
        {
            using var tar = new MemoryStream();
            using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
                writer.WriteEntry(
                    new System.Formats.Tar.PaxTarEntry(
                    System.Formats.Tar.TarEntryType.RegularFile, file)
                    { DataStream = new MemoryStream("x"u8.ToArray()) });
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(tar.ToArray());
            layers.Add(source.Add(packed.ToArray(), MediaTypes.OciLayerGzip));
            diffIds.Add(wrongDiffId ? Digest.Of([1]) : Digest.Of(tar.ToArray()));
        }
        var config = new ImageConfig { Architecture = "amd64", Os = "linux", RootFs = new RootFs { DiffIds = [.. diffIds] } };
        var manifest =
            new ImageManifest
            {
                MediaType = MediaTypes.OciManifest,
                Config = source.Add(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig),
                Layers = [.. layers]
            };
        return source.Add(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), MediaTypes.OciManifest);
    }
}
