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

        Assert.Empty(Directory.GetFiles(store.Layout.Ingest));

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
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    using var target = new StorePullTarget(store, transfers);
                    await client.PullAsync(ImageReference.Parse($"{proxy.Address}/app:v1"), target);
                })
        );
        var layers = ImageDocument.Manifest(source.Blobs[image.Digest]).Layers;
        foreach (var layer in layers)
            Assert.Single(proxy.Seen, s => s.Path.EndsWith(layer.Digest.ToString(), StringComparison.Ordinal));
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
            _registry!.Address,
            (request, _) => request.RawUrl!.EndsWith(last.ToString(), StringComparison.Ordinal) ? new Fault { FlipLastByte = true } : null
        );
        using var store = StoreRoot.Open(_root, "vfs");
        await Assert.ThrowsAsync<InvalidParameterException>(() =>
            PullAsync(client, store, ImageReference.Parse($"{proxy.Address}/app:v1"))
        );
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

    static readonly RegistryClientOptions NoPatience = new() { FirstPause = TimeSpan.FromMilliseconds(1), MaxAttempts = 1 };

    [Theory]
    [InlineData("overlay")]
    [InlineData("vfs")]
    public async Task A_broken_pull_goes_on_where_it_was(string driver)
    {
        var source = new MemoryContent();
        var image = AddNoise(source, 3, 900_000);
        using var client = new RegistryClient(NoPatience);
        await client.PushAsync(Name("app:v1"), image, source);
        await using var proxy = new FaultProxy(
            _registry!.Address,
            (request, _) =>
                request.RawUrl!.Contains("/blobs/", StringComparison.Ordinal)
                && request.Headers["Range"] is null
                && ImageDocument
                    .Manifest(source.Blobs[image.Digest])
                    .Layers.Any(l => request.RawUrl.EndsWith(l.Digest.ToString(), StringComparison.Ordinal))
                    ? new Fault { CutAfter = 600_000 }
                    : null
        );
        var name = ImageReference.Parse($"{proxy.Address}/app:v1");
        using (var store = StoreRoot.Open(_root, driver))
            await Assert.ThrowsAsync<UnavailableException>(() => PullAsync(client, store, name));
        // A daemon that was killed meanwhile finds them as well.
        using (var store = StoreRoot.Open(_root, driver))
        {
            Assert.NotEmpty(Directory.GetFiles(store.Layout.Ingest, "partial-*"));
            for (var tries = 0; tries < 3 && store.Images.Find(name.Familiar) is null; tries++)
            {
                try
                {
                    await PullAsync(client, store, name);
                }
                catch (UnavailableException)
                {
                    // Another layer's turn to be cut.
                }
            }
            Assert.Equal(3, store.Images.Resolve(name.Familiar).Manifest.Layers.Length);
            Assert.Empty(Directory.GetFiles(store.Layout.Ingest));
        }
        Assert.Contains(
            proxy.Seen,
            s => s.Range is { } range && range.StartsWith("bytes=", StringComparison.Ordinal) && range != "bytes=0-"
        );
    }

    [Fact]
    public async Task A_torn_rest_of_an_earlier_pull_does_no_harm()
    {
        var source = new MemoryContent();
        var image = AddNoise(source, 1, 900_000);
        using var client = new RegistryClient(NoPatience);
        await client.PushAsync(Name("app:v1"), image, source);
        using var store = StoreRoot.Open(_root, "overlay");
        var layer = ImageDocument.Manifest(source.Blobs[image.Digest]).Layers[0].Digest;
        File.WriteAllBytes(Path.Combine(store.Layout.Ingest, $"partial-sha256-{layer.Hex}"), new byte[700_000]);
        await PullAsync(client, store, Name("app:v1"));
        Assert.Empty(Directory.GetFiles(store.Layout.Ingest));
    }

    [Fact]
    public async Task What_nobody_takes_up_again_goes_after_a_day()
    {
        using (var store = StoreRoot.Open(_root, "overlay"))
        {
            var (old, young) = (
                Path.Combine(store.Layout.Ingest, $"partial-sha256-{new string('a', 64)}"),
                Path.Combine(store.Layout.Ingest, $"partial-sha256-{new string('b', 64)}")
            );
            foreach (var file in new[] { old, young })
                await File.WriteAllBytesAsync(file, new byte[10]);
            File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
            store.Images.Collect();
            Assert.Equal([young], Directory.GetFiles(store.Layout.Ingest));
        }
    }

    [Theory]
    [InlineData("overlay")]
    [InlineData("vfs")]
    public async Task A_cancelled_pull_leaves_its_work_to_the_one_beside_it(string driver)
    {
        var source = new MemoryContent();
        var image = AddNoise(source, 6, 400_000);
        using var client = new RegistryClient();
        await client.PushAsync(Name("app:v1"), image, source);
        using var store = StoreRoot.Open(_root, driver);
        using var transfers = new BlobTransfers();
        using var cancelled = new CancellationTokenSource();
        using var first = new StorePullTarget(store, transfers);
        var giving = client.PullAsync(
            Name("app:v1"),
            first,
            progress: s =>
            {
                if (s.Status == "Download complete")
                    cancelled.Cancel();
            },
            ct: cancelled.Token
        );
        using var second = new StorePullTarget(store, transfers);
        var pulled = await client.PullAsync(Name("app:v1"), second).WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => giving);
        Assert.Equal(6, second.Name(pulled, Name("app:v1"), CancellationToken.None).Manifest.Layers.Length);
        store.DrainTrash();
        Assert.Empty(Directory.GetFileSystemEntries(store.Layout.SnapshotStaging(driver)));
    }

    [Fact]
    public async Task Directories_that_a_layer_leaves_out_look_as_in_the_layers_below()
    {
        var source = new MemoryContent();
        var image = source.AddLayered(
            new Store.TarBuilder().Directory("./", 0x1C9).Directory("home/", 0x1F8).Directory("home/me/", 0x1C0).Build(),
            new Store.TarBuilder().File("other").Build(),
            new Store.TarBuilder().File("home/me/file").File("new/file").Build()
        );
        using var client = new RegistryClient();
        await client.PushAsync(Name("app:v1"), image, source);
        using var store = StoreRoot.Open(_root, "overlay");
        var pulled = await PullAsync(client, store, Name("app:v1"));
        store.Snapshots.Prepare("c1", pulled.ChainId);
        using var root = store.Snapshots.Mount("c1");
        Assert.Equal(
            [0x1C9u, 0x1F8u, 0x1C0u, 0x1EDu],
            new[] { ".", "home", "home/me", "new" }.Select(p => Pier.Linux.Files.FileStat.Find(root, p)!.Value.Mode & 0xFFF)
        );
    }

    ImageReference Name(string text) => ImageReference.Parse($"{_registry!.Address}/{text}");

    static async Task<Pier.Store.Images.Image> PullAsync(
        RegistryClient client,
        StoreRoot store,
        ImageReference name,
        List<TransferProgress>? steps = null
    )
    {
        using var target = new StorePullTarget(store);
        var pulled = await client.PullAsync(
            name,
            target,
            progress: step =>
            {
                if (steps is null)
                    return;
                lock (steps)
                    steps.Add(step);
            }
        );
        return target.Name(pulled, name, CancellationToken.None);
    }

    // Layers that do not compress: their size on the wire is what was asked for.
    static Descriptor AddNoise(MemoryContent source, int layers, int size) =>
        source.AddLayered([
            .. Enumerable
                .Range(0, layers)
                .Select(i =>
                    new Store.TarBuilder().Bytes($"file{i}", System.Security.Cryptography.RandomNumberGenerator.GetBytes(size)).Build()
                ),
        ]);

    static Descriptor AddRealImage(MemoryContent source, params string[] files) => AddRealImage(source, false, files);

    static Descriptor AddRealImage(MemoryContent source, bool wrongDiffId, params string[] files)
    {
        var (layers, diffIds) = (new List<Descriptor>(), new List<Digest>());
        foreach (var file in files)
        {
            using var tar = new MemoryStream();
            using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
                writer.WriteEntry(
                    new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, file)
                    {
                        DataStream = new MemoryStream("x"u8.ToArray()),
                    }
                );
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(tar.ToArray());
            layers.Add(source.Add(packed.ToArray(), MediaTypes.OciLayerGzip));
            diffIds.Add(wrongDiffId ? Digest.Of([1]) : Digest.Of(tar.ToArray()));
        }
        var config = new ImageConfig
        {
            Architecture = "amd64",
            Os = "linux",
            RootFs = new RootFs { DiffIds = [.. diffIds] },
        };
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = source.Add(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig),
            Layers = [.. layers],
        };
        return source.Add(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), MediaTypes.OciManifest);
    }
}
