using System.Text.Json;
using Pier.Model;

namespace Pier.KernelTests.Registry;

/// <summary>Garbage collection while clients push: attack case 51.</summary>
public class CollectionTests
{
    [Fact]
    public async Task What_nothing_refers_to_goes_and_the_rest_stays()
    {
        await using var registry = await PierRegistry.StartAsync(o => o with { CollectGrace = TimeSpan.Zero });
        using var talk = new RegistryTalk(registry.Address);
        var kept = await talk.PushImageAsync("app", "v1", "kept");
        var gone = await talk.PushImageAsync("app", "v2", "gone");
        var orphan = await talk.PushBlobAsync("app", "nobody wants me"u8.ToArray());
        Assert.Equal(202, (int)(await talk.DeleteAsync($"/v2/app/manifests/{Digest.Of(gone)}")).StatusCode);
        var result = await registry.Server.CollectAsync();
        // The orphan, and of the deleted image the manifest, configuration and layer.
        Assert.Equal((4, 3, 0), (result.Blobs, result.Links, result.Manifests));
        Assert.Equal(404, (int)(await talk.HeadAsync($"/v2/app/blobs/{orphan}")).StatusCode);
        var manifest = ImageDocument.Manifest(kept);
        foreach (var blob in manifest.Layers.Append(manifest.Config))
            Assert.Equal(200, (int)(await talk.HeadAsync($"/v2/app/blobs/{blob.Digest}")).StatusCode);
        Assert.Equal((0, 0), ((await registry.Server.CollectAsync()).Blobs, (await registry.Server.CollectAsync()).Links));
    }

    [Fact]
    public async Task A_bucket_is_collected_too_and_large_blobs_go_there_in_parts()
    {
        await using var bucket = new S3Bucket();
        await using var registry = await PierRegistry.StartAsync(o =>
            o with
            {
                CollectGrace = TimeSpan.Zero,
                S3 = new("registry", "us-east-1", bucket.Endpoint, "", "key", "secret"),
            }
        );
        using var talk = new RegistryTalk(registry.Address);
        await talk.PushImageAsync("app", "v1", "kept");
        var large = System.Security.Cryptography.RandomNumberGenerator.GetBytes(20 << 20);
        var digest = await talk.PushBlobAsync("app", large);
        Assert.Equal(2, bucket.Parts);
        using (var got = await talk.GetAsync($"/v2/app/blobs/{digest}"))
            Assert.Equal(digest, Digest.Of(await got.Content.ReadAsByteArrayAsync()));
        Assert.Equal(
            (1, (long)large.Length),
            (await registry.Server.CollectAsync()) is var result ? (result.Blobs, result.Bytes) : default
        );
        Assert.Equal(3, bucket.Keys.Count(k => k.StartsWith("blobs/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Untagged_manifests_go_where_that_is_asked_for_but_not_what_is_listed_or_refers()
    {
        await using var registry = await PierRegistry.StartAsync(o => o with { CollectGrace = TimeSpan.Zero, CollectUntagged = true });
        using var talk = new RegistryTalk(registry.Address);
        var child = await talk.PushImageAsync("app", "child", "child");
        var index = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [Of(child)] },
            ImageJson.Plain.ImageIndex
        );
        (await talk.PutManifestAsync("app", "all", index, MediaTypes.OciIndex)).EnsureSuccessStatusCode();
        var signature = await talk.ManifestAsync("app", "signature", Of(child));
        (await talk.PutManifestAsync("app", Digest.Of(signature).ToString(), signature)).EnsureSuccessStatusCode();
        var lost = await talk.PushImageAsync("app", "old", "lost");
        foreach (var tag in new[] { "child", "old" })
            Assert.Equal(202, (int)(await talk.DeleteAsync($"/v2/app/manifests/{tag}")).StatusCode);

        Assert.Equal(1, (await registry.Server.CollectAsync()).Manifests);
        foreach (var (bytes, status) in new[] { (child, 200), (index, 200), (signature, 200), (lost, 404) })
            Assert.Equal(status, (int)(await talk.HeadAsync($"/v2/app/manifests/{Digest.Of(bytes)}")).StatusCode);
    }

    [Fact]
    public async Task The_grace_period_protects_a_blob_until_its_manifest_comes()
    {
        await using var registry = await PierRegistry.StartAsync(o => o with { CollectGrace = TimeSpan.FromMinutes(5) });
        using var talk = new RegistryTalk(registry.Address);
        var manifest = await talk.ManifestAsync("app", "slow push");
        Assert.Equal(0, (await registry.Server.CollectAsync()).Blobs);
        (await talk.PutManifestAsync("app", "v1", manifest)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_push_races_the_collection_and_never_ends_with_holes()
    {
        // Without grace at all: the worst that a collection can do is to make a client push a blob again.
        await using var registry = await PierRegistry.StartAsync(o => o with { CollectGrace = TimeSpan.Zero });
        using var stop = new CancellationTokenSource();
        var collecting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await registry.Server.CollectAsync();
        });
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        using var talk = new RegistryTalk(registry.Address);
                        for (var i = 0; i < 25; i++)
                            await PushUntilWholeAsync(talk, $"app{worker % 2}", $"t{worker}-{i}", $"image {i % 5}");
                    })
                )
        );
        await stop.CancelAsync();
        await collecting;
        using var check = new RegistryTalk(registry.Address);
        for (var worker = 0; worker < 4; worker++)
        for (var i = 0; i < 25; i++)
            await AssertWholeAsync(check, $"app{worker % 2}", $"t{worker}-{i}");
    }

    static async Task PushUntilWholeAsync(RegistryTalk talk, string name, string tag, string text)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            using var put = await talk.PutManifestAsync(name, tag, await talk.ManifestAsync(name, text));
            if ((int)put.StatusCode == 201)
            {
                await AssertWholeAsync(talk, name, tag);
                return;
            }
            Assert.Equal("MANIFEST_BLOB_UNKNOWN", await RegistryTalk.CodeAsync(put));
        }
        Assert.Fail("the collection won two hundred times");
    }

    static async Task AssertWholeAsync(RegistryTalk talk, string name, string tag)
    {
        using var answer = await talk.GetAsync($"/v2/{name}/manifests/{tag}");
        Assert.Equal(200, (int)answer.StatusCode);
        var manifest = ImageDocument.Manifest(await answer.Content.ReadAsByteArrayAsync());
        foreach (var blob in manifest.Layers.Append(manifest.Config))
        {
            using var got = await talk.GetAsync($"/v2/{name}/blobs/{blob.Digest}");
            Assert.Equal(blob.Digest, Digest.Of(await got.Content.ReadAsByteArrayAsync()));
        }
    }

    static Descriptor Of(byte[] manifest) =>
        new()
        {
            MediaType = MediaTypes.OciManifest,
            Digest = Digest.Of(manifest),
            Size = manifest.Length,
        };
}
