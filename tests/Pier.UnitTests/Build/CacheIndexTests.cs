using System.Text;
using System.Text.Json;
using Pier.Build.Cache.Portable;
using Pier.Build.Solver;
using Pier.Model;

namespace Pier.UnitTests.Build;

public sealed class CacheIndexTests
{
    static readonly string KeyA = new('a', 64),
        KeyB = new('b', 64),
        KeyC = new('c', 64);
    static readonly BuiltLayer One = Layer('1'),
        Two = Layer('2'),
        Three = Layer('3');

    static BuiltLayer Layer(char digit) =>
        new(
            new Descriptor
            {
                MediaType = MediaTypes.OciLayerTar,
                Digest = Digest.Parse("sha256:" + new string(digit, 64)),
                Size = 7,
            },
            Digest.Parse("sha256:" + new string(digit, 64)),
            DateTimeOffset.UnixEpoch
        );

    static CacheEntry Entry(string key, string identity, params BuiltLayer[] layers) => new([key], identity, new BuiltTree(layers), true);

    static IReadOnlyDictionary<Digest, Descriptor> Blobs(params BuiltLayer[] layers) => layers.ToDictionary(l => l.DiffId, l => l.Blob);

    [Fact]
    public void What_is_written_is_found_and_the_same_steps_give_the_same_bytes()
    {
        CacheEntry[] entries =
        [
            Entry(KeyB, KeyC, One, Two),
            Entry(KeyA, KeyA, One),
            Entry(KeyC, KeyC, One, Three),
            Entry(new string('e', 64), KeyA),
        ];
        var written = CacheWriter.Write(entries, Blobs(One, Two, Three));
        Assert.Equal(written, CacheWriter.Write(entries.Reverse(), Blobs(One, Two, Three)));
        var index = CacheIndex.Parse(written);
        Assert.Equal(3, index.Count);
        Assert.Equal([One, Two], index.Find(KeyB)!.Layers);
        Assert.Equal(KeyC, index.Find(KeyB)!.Identity);
        Assert.Equal((KeyA, 1), (index.Find(KeyA)!.Identity, index.Find(KeyA)!.Layers.Count));
        Assert.Equal([One, Three], index.Find(KeyC)!.Layers);
        Assert.Null(index.Find(new string('e', 64)));
        // BuildKit's names: its own reader takes what is here.
        var layers = JsonDocument.Parse(written).RootElement.GetProperty("layers");
        Assert.Equal(3, layers.GetArrayLength());
        Assert.Equal(-1, layers[0].GetProperty("parent").GetInt32());
    }

    [Fact]
    public void An_image_tells_of_its_own_layers_alone()
    {
        CacheEntry[] entries =
        [
            Entry(KeyA, KeyA, One),
            Entry(KeyB, KeyB, One, Two),
            Entry(KeyC, KeyC, Three),
            Entry(new string('d', 64), KeyA, Two),
        ];
        var config = new ImageConfig
        {
            Os = "linux",
            Architecture = "amd64",
            RootFs = new RootFs { DiffIds = [One.DiffId, Two.DiffId] },
            History =
            [
                new HistoryEntry { Created = DateTimeOffset.UnixEpoch },
                new HistoryEntry { EmptyLayer = true },
                new HistoryEntry { Created = DateTimeOffset.UnixEpoch },
            ],
            InlineCache = CacheWriter.WriteInline(entries, [One, Two]),
        };
        var manifest = new ImageManifest { Config = One.Blob, Layers = [One.Blob, Two.Blob] };
        var index = CacheIndex.OfImage(manifest, config)!;
        Assert.Equal([One], index.Find(KeyA)!.Layers);
        Assert.Equal([One, Two], index.Find(KeyB)!.Layers);
        Assert.Null(index.Find(KeyC));
        Assert.Equal([Two], index.Find(new string('d', 64))!.Layers);
        Assert.Null(CacheIndex.OfImage(manifest, config with { InlineCache = null }));
        Assert.Throws<InvalidParameterException>(() => CacheIndex.OfImage(manifest with { Layers = [One.Blob] }, config));
    }

    [Theory]
    [InlineData(
        "{\"layers\":[{\"blob\":\"sha256:1\",\"annotations\":{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"diffID\":\"x\"}}],\"records\":[RECORD]}"
    )]
    [InlineData("{\"layers\":[{\"parent\":0}],\"records\":[RECORD]}")]
    [InlineData("{\"layers\":[null],\"records\":[null,RECORD]}")]
    [InlineData("{\"records\":[RECORD]}")]
    [InlineData(
        "{\"records\":[{\"digest\":\"sha256:KEY\",\"layers\":[null],\"chains\":[null,{},{\"layers\":[]},{\"layers\":[-1]},{\"layers\":[2147483647]}]}]}"
    )]
    [InlineData("{\"records\":[{\"digest\":\"sha256:KEY\",\"io.pier.identity\":\"../../etc\",\"layers\":[{\"layer\":0}]}]}")]
    public void What_leads_nowhere_is_not_found(string document) =>
        Assert.Null(
            CacheIndex
                .Parse(
                    Encoding.UTF8.GetBytes(
                        document.Replace("RECORD", "{\"digest\":\"sha256:KEY\",\"layers\":[{\"layer\":0}]}").Replace("KEY", KeyA)
                    )
                )
                .Find(KeyA)
        );

    [Fact]
    public void A_circle_of_layers_is_no_chain_and_a_good_result_after_a_bad_one_is_taken()
    {
        var json = Encoding.UTF8.GetString(CacheWriter.Write([Entry(KeyA, KeyA, One, Two)], Blobs(One, Two)));
        Assert.Null(CacheIndex.Parse(Encoding.UTF8.GetBytes(json.Replace("\"parent\":-1", "\"parent\":1"))).Find(KeyA));
        var both = json.Replace("\"layers\":[{\"layer\":1", "\"layers\":[{\"layer\":9},{\"layer\":1");
        Assert.NotEqual(json, both);
        Assert.Equal([One, Two], CacheIndex.Parse(Encoding.UTF8.GetBytes(both)).Find(KeyA)!.Layers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"layers\":1}")]
    [InlineData("{\"records\":[{\"digest\":1}]}")]
    public void What_is_no_document_is_refused(string text) =>
        Assert.Throws<InvalidParameterException>(() => CacheIndex.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Nesting_is_bounded() =>
        Assert.Throws<InvalidParameterException>(() => CacheIndex.Parse(Encoding.UTF8.GetBytes(new string('[', 1 << 20))));
}
