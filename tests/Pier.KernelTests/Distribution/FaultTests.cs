using System.Text;
using Pier.Distribution;
using Pier.KernelTests.Registry;
using Pier.Model;

namespace Pier.KernelTests.Distribution;

/// <summary>A network that fails: a pull ends whole or with a clear error.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    static readonly RegistryClientOptions Quick = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(5),
        StallLimit = TimeSpan.FromMilliseconds(400),
        MaxAttempts = 4,
    };

    readonly MemoryContent _source = new();
    PierRegistry? _registry;
    Descriptor? _image;

    public async Task InitializeAsync()
    {
        _registry = await PierRegistry.StartAsync();
        _image = _source.AddImage(3, 300_000);
        using var client = new RegistryClient();
        await client.PushAsync(ImageReference.Parse($"{_registry.Address}/app:v1"), _image, _source);
    }

    public async Task DisposeAsync() => await _registry!.DisposeAsync();

    public static TheoryData<string> Passing => ["cut", "cut at once", "stall", "429", "503", "502 for the manifest", "no ranges", "lie"];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_passes_by_itself_is_waited_for(string fault)
    {
        await using var proxy = new FaultProxy(
            _registry!.Address,
            (request, count) =>
                count > 1
                    ? null
                    : (fault, IsBlob(request)) switch
                    {
                        ("cut", true) => new Fault { CutAfter = 100_000 },
                        ("cut at once", true) => new Fault { CutAfter = 0 },
                        ("stall", true) => count == 0 ? new Fault { StallAfter = 50_000 } : null,
                        ("429", true) => new Fault { Status = 429, RetryAfter = "0" },
                        ("503", true) => new Fault { Status = 503 },
                        ("502 for the manifest", false) => new Fault
                        {
                            Status = 502,
                            Body = "<html>"u8.ToArray(),
                            ContentType = "text/html",
                        },
                        ("no ranges", true) => count == 0 ? new Fault { CutAfter = 100_000 } : new Fault { IgnoreRange = true },
                        ("lie", true) => null,
                        _ => null,
                    }
        );
        var target = new MemoryContent();
        using var client = new RegistryClient(Quick);
        await client.PullAsync(ImageReference.Parse($"{proxy.Address}/app:v1"), target);
        Assert.Equal(_source.Blobs.Count, target.Blobs.Count);
        if (fault == "cut")
            Assert.Contains(proxy.Seen, s => s.Range == "bytes=100000-");
    }

    public static TheoryData<string, string> Lasting =>
        new()
        {
            { "cut", "response ended" },
            { "500", "500" },
            { "longer", "bytes at the registry, expected" },
            { "shorter", "bytes at the registry, expected" },
            { "other bytes", "content digest is" },
            { "other manifest", "manifest verification failed" },
            { "html", "invalid manifest" },
            { "schema 1", "schema 1 is not supported" },
            { "deep", "invalid manifest" },
            { "large", "is larger than" },
            { "both", "another kind of document" },
        };

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task What_does_not_pass_is_a_clear_error(string fault, string message)
    {
        await using var proxy = new FaultProxy(
            _registry!.Address,
            (request, _) =>
                (fault, IsBlob(request)) switch
                {
                    ("cut", true) => new Fault { CutAfter = 0 },
                    ("500", true) => new Fault { Status = 500 },
                    ("longer", true) => new Fault { Status = 200, Body = new byte[400_000] },
                    ("shorter", true) => new Fault { Status = 200, Body = new byte[10] },
                    ("other bytes", true) => new Fault { FlipLastByte = true },
                    ("other manifest", false) => new Fault { FlipLastByte = true },
                    ("html", false) => new Fault
                    {
                        Status = 200,
                        Body = "<html>please log in to this network</html>"u8.ToArray(),
                        ContentType = "text/html",
                    },
                    ("schema 1", false) => new Fault
                    {
                        Status = 200,
                        Body = """{"schemaVersion":1,"fsLayers":[],"history":[]}"""u8.ToArray(),
                        ContentType = "application/vnd.docker.distribution.manifest.v1+prettyjws",
                    },
                    ("deep", false) => new Fault
                    {
                        Status = 200,
                        Body = Encoding.ASCII.GetBytes("{\"x\":" + new string('[', 50_000) + new string(']', 50_000) + "}"),
                        ContentType = MediaTypes.OciManifest,
                    },
                    ("large", false) => new Fault
                    {
                        Status = 200,
                        Body = new byte[ImageDocument.MaxSize + 1],
                        ContentType = MediaTypes.OciManifest,
                    },
                    ("both", false) => new Fault
                    {
                        Status = 200,
                        Body =
                            """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[],"layers":[]}"""u8.ToArray(),
                        ContentType = MediaTypes.OciManifest,
                    },
                    _ => null,
                }
        );
        using var client = new RegistryClient(Quick);
        var error = await Assert.ThrowsAnyAsync<EngineException>(() =>
            client.PullAsync(ImageReference.Parse($"{proxy.Address}/app:v1"), new MemoryContent())
        );
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task A_manifests_own_word_for_its_type_counts(string contentType)
    {
        await using var proxy = new FaultProxy(
            _registry!.Address,
            (request, _) => IsBlob(request) ? null : new Fault { ContentType = contentType }
        );
        using var client = new RegistryClient(Quick);
        Assert.Equal(
            MediaTypes.OciManifest,
            (await client.PullAsync(ImageReference.Parse($"{proxy.Address}/app:v1"), new MemoryContent())).Target.MediaType
        );
    }

    [Fact]
    public async Task A_broken_upload_goes_on_where_it_stopped()
    {
        await using var cutter = new TcpCutter(_registry!.Server.EndPoint, cutAfter: 200_000, times: 2);
        using var client = new RegistryClient(Quick with { MaxConcurrentUploads = 1 });
        await client.PushAsync(ImageReference.Parse($"{cutter.Address}/again:v1"), _image!, _source);
        Assert.Equal(2, cutter.Cuts);
        using var talk = new RegistryTalk(_registry.Address);
        Assert.Contains(
            "handler=\"upload\",code=\"202\"",
            await (await talk.GetAsync("/metrics")).Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        var target = new MemoryContent();
        await client.PullAsync(ImageReference.Parse($"{_registry.Address}/again:v1"), target);
        Assert.Equal(_source.Blobs.Count, target.Blobs.Count);
    }

    [Fact]
    public async Task A_cancelled_pull_ends_at_once()
    {
        await using var proxy = new FaultProxy(
            _registry!.Address,
            (request, _) => IsBlob(request) ? new Fault { StallAfter = 1000 } : null
        );
        using var client = new RegistryClient(Quick with { StallLimit = TimeSpan.FromSeconds(60) });
        using var cancel = new CancellationTokenSource(300);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.PullAsync(ImageReference.Parse($"{proxy.Address}/app:v1"), new MemoryContent(), ct: cancel.Token)
        );
    }

    static bool IsBlob(System.Net.HttpListenerRequest request) => request.Url!.AbsolutePath.Contains("/blobs/", StringComparison.Ordinal);
}
