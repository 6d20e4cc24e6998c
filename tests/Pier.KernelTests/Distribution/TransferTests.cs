using Pier.Distribution;
using Pier.Distribution.Pull;
using Pier.KernelTests.Registry;
using Pier.Model;

namespace Pier.KernelTests.Distribution;

/// <summary>Pull and push against our own server and Debian's, without faults.</summary>
public abstract class TransferTests : IAsyncLifetime
{
    IRegistryPeer? _peer;

    protected abstract Task<IRegistryPeer> StartAsync();

    public async Task InitializeAsync() => _peer = await StartAsync();

    public async Task DisposeAsync()
    {
        if (_peer is not null)
            await _peer.DisposeAsync();
    }

    ImageReference Name(string text) => ImageReference.Parse($"{_peer!.Address}/{text}");

    [SkippableFact]
    public async Task What_was_pushed_is_pulled()
    {
        var (source, target) = (new MemoryContent(), new MemoryContent());
        var image = source.AddImage(layers: 5, size: 200_000);
        var steps = new List<TransferProgress>();
        using var client = new RegistryClient();
        await client.PushAsync(Name("team/app:v1"), image, source, progress: Collect(steps));
        Assert.Equal(5, steps.Count(s => s.Status == "Pushed"));
        steps.Clear();
        await client.PushAsync(Name("team/app:v2"), image, source, progress: Collect(steps));
        Assert.Equal(5, steps.Count(s => s.Status == "Layer already exists"));
        steps.Clear();
        var pulled = await client.PullAsync(Name("team/app:v1"), target, progress: Collect(steps));
        Assert.Equal((image.Digest, image.Digest), (pulled.Target.Digest, pulled.Manifest.Digest));
        Assert.Equal(source.Blobs.Keys.Select(k => k.ToString()).Order(), target.Blobs.Keys.Select(k => k.ToString()).Order());
        Assert.Equal([0, 1, 2, 3, 4], target.Stored.Order());
        Assert.Equal(5, steps.Count(s => s.Status == "Pull complete"));
        Assert.Contains(steps, s => s is { Status: "Downloading", Total: 200_000 });
        Assert.Equal(image.Digest, (await client.PullAsync(Name("team/app@" + image.Digest), target)).Target.Digest);
        Assert.Equal(["v1", "v2"], (await client.TagsAsync(Name("team/app"))).Order());
    }

    [SkippableFact]
    public async Task An_index_gives_the_platforms_image()
    {
        var source = new MemoryContent();
        var (amd, arm) = (source.AddImage(1, 1000), source.AddImage(1, 1000, "arm64"));
        var index = source.AddIndex(amd, arm);
        using var client = new RegistryClient();
        await client.PushAsync(Name("multi:latest"), index, source);
        Assert.Equal((index.Digest, arm.Digest), await DigestsAsync(client, "multi", Platform.Parse("linux/arm64")));
        Assert.Equal((index.Digest, amd.Digest), await DigestsAsync(client, "multi", Platform.Parse("linux/amd64")));
        var error = await Assert.ThrowsAsync<NotFoundException>(() =>
            client.PullAsync(Name("multi"), new MemoryContent(), Platform.Parse("linux/s390x"))
        );
        Assert.Equal("no matching manifest for linux/s390x in the manifest list entries", error.Message);
    }

    [SkippableFact]
    public async Task An_upload_in_chunks_arrives_whole()
    {
        var (source, target) = (new MemoryContent(), new MemoryContent());
        var image = source.AddImage(2, 250_001);
        using var client = new RegistryClient(new RegistryClientOptions { UploadChunk = 100_000 });
        await client.PushAsync(Name("chunked:v1"), image, source);
        await client.PullAsync(Name("chunked:v1"), target);
        Assert.Equal(source.Blobs.Count, target.Blobs.Count);
    }

    [SkippableFact]
    public async Task A_layer_of_another_repository_is_mounted()
    {
        var source = new MemoryContent { Candidates = ["first/app"] };
        var image = source.AddImage(2, 10_000);
        using var client = new RegistryClient();
        await client.PushAsync(Name("first/app:v1"), image, source);
        var steps = new List<TransferProgress>();
        await client.PushAsync(Name("second/app:v1"), image, source, progress: Collect(steps));
        Assert.Equal(2, steps.Count(s => s.Status == "Mounted from first/app"));
    }

    [SkippableFact]
    public async Task What_is_not_there_is_said_in_dockers_words()
    {
        using var client = new RegistryClient();
        var missing = await Assert.ThrowsAsync<NotFoundException>(() => client.PullAsync(Name("nothing:v9"), new MemoryContent()));
        Assert.Equal($"manifest for {_peer!.Address}/nothing:v9 not found: manifest unknown: manifest unknown", missing.Message);
        var closed = await Assert.ThrowsAsync<UnavailableException>(() =>
            client.PullAsync(ImageReference.Parse($"127.0.0.1:{FaultProxy.FreePort()}/x"), new MemoryContent())
        );
        Assert.Contains("connection refused", closed.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Referrers_are_found_by_the_api_or_by_the_tag()
    {
        var source = new MemoryContent();
        var image = source.AddImage(1, 1000);
        using var client = new RegistryClient();
        await client.PushAsync(Name("signed:v1"), image, source);
        if (_peer!.IsVersion11)
        {
            using var talk = new RegistryTalk(_peer.Address);
            await talk.PushImageAsync(
                "signed",
                "sig",
                "signature",
                new Descriptor
                {
                    MediaType = image.MediaType,
                    Digest = image.Digest,
                    Size = image.Size,
                },
                "application/x.sig"
            );
        }
        else
        {
            var signature = source.AddImage(1, 10) with { ArtifactType = "application/x.sig" };
            await client.PushAsync(Name($"signed:sha256-{image.Digest.Hex}"), source.AddIndex(signature), source);
        }
        Assert.Equal(
            "application/x.sig",
            Assert.Single((await client.ReferrersAsync(Name("signed"), image.Digest)).Manifests).ArtifactType
        );
        Assert.Single((await client.ReferrersAsync(Name("signed"), image.Digest, "application/x.sig")).Manifests);
        Assert.Empty((await client.ReferrersAsync(Name("signed"), image.Digest, "application/x.other")).Manifests);
        Assert.Empty((await client.ReferrersAsync(Name("signed"), Digest.Of([1]))).Manifests);
    }

    async Task<(Digest, Digest)> DigestsAsync(RegistryClient client, string name, Platform platform)
    {
        var pulled = await client.PullAsync(Name(name), new MemoryContent(), platform);
        return (pulled.Target.Digest, pulled.Manifest.Digest);
    }

    static Action<TransferProgress> Collect(List<TransferProgress> steps) =>
        step =>
        {
            lock (steps)
                steps.Add(step);
        };
}

public sealed class PierTransferTests : TransferTests
{
    protected override async Task<IRegistryPeer> StartAsync() => await PierRegistry.StartAsync();
}

public sealed class DockerRegistryTransferTests : TransferTests
{
    protected override async Task<IRegistryPeer> StartAsync()
    {
        Skip.IfNot(File.Exists(DockerRegistry.Program), "Debian's docker-registry is not installed");
        return await DockerRegistry.StartAsync();
    }
}
