using System.IO.Compression;
using System.Security.Cryptography;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.KernelTests.Store;

/// <summary>Archives whose layers are large enough to be unpacked while the rest still comes in.</summary>
public sealed class LargeLoadTests : IDisposable
{
    // More than a document may have, so that the file can only be a layer.
    const int Large = 5 << 20;

    TestStore? _test;

    public void Dispose() => _test?.Dispose();

    static byte[] Layer(string name, byte[] content) => new TarBuilder().Bytes(name, content).Build();

    static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    // The archive with a layer's place taken by other bytes of the same layer (compressed), or by something else.
    static byte[] Archive(byte[][] layers, byte[][] stored)
    {
        var diffIds = string.Join(',', layers.Select(l => $"\"{Digest.Of(l)}\""));
        var tar = new TarBuilder();
        for (var i = 0; i < stored.Length; i++)
            tar.Bytes($"{i}/layer.tar", stored[i]);
        var paths = string.Join(',', layers.Select((_, i) => $"\"{i}/layer.tar\""));
        return tar.File("config.json", $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[{{{diffIds}}}]}}""")
            .File("manifest.json", $$"""[{"Config":"config.json","RepoTags":["large:1"],"Layers":[{{paths}}]}]""")
            .Build();
    }

    [Theory]
    [InlineData("overlay")]
    [InlineData("vfs")]
    public void Layers_of_an_archive_are_there_once_it_is_loaded(string driver)
    {
        _test = TestStore.Open(driver);
        byte[][] contents = [.. Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetBytes(Large))];
        byte[][] layers = [.. contents.Select((c, i) => Layer($"file{i}", c))];
        // Plain, gzipped, the first one again, and more large files than threads that no image wants.
        layers = [.. layers, layers[0]];
        byte[][] stored =
        [
            layers[0],
            Gzip(layers[1]),
            layers[2],
            layers[0],
            .. Enumerable.Range(0, 6).Select(_ => RandomNumberGenerator.GetBytes(Large)),
        ];
        var archive = Archive(layers, stored);
        Assert.Equal("large:1", Assert.Single(_test.Store.Images.Load(new MemoryStream(archive))).Reference);
        var image = _test.Store.Images.Resolve("large:1");
        Assert.Equal(
            [MediaTypes.OciLayerTar, MediaTypes.OciLayerGzip, MediaTypes.OciLayerTar, MediaTypes.OciLayerTar],
            image.Manifest.Layers.Select(l => l.MediaType)
        );
        Assert.All(
            image.Manifest.Layers.Append(image.Manifest.Config).Append(image.Target),
            b => Assert.True(_test.Store.Content.IsSettled(b.Digest))
        );
        Assert.Equal(4L * Large, image.Size);

        // A second time, from what it saves itself; and nothing of it stays.
        var saved = new MemoryStream();
        _test.Store.Images.Save(["large:1"], saved);
        _test.Store.Images.Remove("large:1", false, true, _ => []);
        Assert.Empty(_test.Leftovers());
        saved.Position = 0;
        _test.Store.Images.Load(saved);
        Assert.Equal(image.Target.Digest, _test.Store.Images.Resolve("large:1").Target.Digest);
        _test.Reopen(driver);
        Assert.Equal(image.Id, _test.Store.Images.Resolve("large:1").Id);
        _test.Store.Images.Remove("large:1", false, true, _ => []);
        Assert.Empty(_test.Leftovers());
    }

    public static TheoryData<string> Wrongs => ["swapped", "torn gzip", "no tar", "cut off"];

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void A_layer_that_is_not_what_it_should_be_leaves_nothing(string wrong)
    {
        _test = TestStore.Open();
        var (good, other) = (Layer("good", RandomNumberGenerator.GetBytes(Large)), Layer("other", RandomNumberGenerator.GetBytes(Large)));
        byte[] stored = wrong switch
        {
            "swapped" => other,
            "torn gzip" => Gzip(other)[..^1000],
            "no tar" => RandomNumberGenerator.GetBytes(Large),
            _ => good,
        };
        var archive = Archive([good], [stored]);
        if (wrong == "cut off")
            archive = archive[..(Large / 2)];
        Assert.Throws<InvalidParameterException>(() => _test.Store.Images.Load(new MemoryStream(archive)));
        Assert.Empty(_test.Store.Images.List());
        Assert.Empty(_test.Leftovers());
        // And none of it stands in the way of the right one.
        Assert.Single(_test.Store.Images.Load(new MemoryStream(Archive([good], [good]))));
    }

    [Fact]
    public async Task A_load_that_is_cancelled_ends_at_once_and_leaves_nothing()
    {
        _test = TestStore.Open();
        var layer = Layer("slow", RandomNumberGenerator.GetBytes(Large));
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var load = Task.Run(() =>
            _test.Store.Images.Load(new StandingStream(Archive([layer], [layer])[..(Large - 1000)], begun), ct: stop.Token)
        );
        await begun.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Empty(_test.Leftovers());
    }

    // Gives what it has and then neither more nor an end.
    sealed class StandingStream(byte[] bytes, TaskCompletionSource empty) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (await base.ReadAsync(buffer, cancellationToken) is var read and > 0)
                return read;
            empty.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
