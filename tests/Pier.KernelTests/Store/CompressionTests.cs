using System.Security.Cryptography;
using Pier.Linux.Compression;
using Pier.Model;
using Pier.Store.Images;
using Pier.Store.Layers;

namespace Pier.KernelTests.Store;

/// <summary>What the usual tools compress is read, by what it is; broken streams are errors.</summary>
public sealed class CompressionTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();

    static byte[] Pack(string tool, byte[] plain)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, plain);
            return Shell.Run($"{tool} -c $1", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    static byte[] Unpack(byte[] packed)
    {
        using var plain = new MemoryStream();
        using var stream = Decompression.Open(new MemoryStream(packed));
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    // Half noise and half text: some blocks are stored, some compressed.
    static byte[] Sample() => [.. RandomNumberGenerator.GetBytes(700_000), .. Enumerable.Repeat((byte)'x', 3_000_000)];

    [Theory]
    [InlineData("zstd")]
    [InlineData("zstd -19 --long=27")]
    [InlineData("xz -1")]
    [InlineData("bzip2")]
    [InlineData("gzip")]
    public void A_compressed_stream_is_read_to_its_end(string tool)
    {
        var plain = Sample();
        Assert.Equal(plain, Unpack(Pack(tool, plain)));
        // Several members one after another are one stream; so parallel compressors write.
        var member = Pack(tool, "twice\n"u8.ToArray());
        Assert.Equal("twice\ntwice\n"u8.ToArray(), Unpack([.. member, .. member]));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz -1")]
    [InlineData("bzip2")]
    public void A_broken_stream_is_an_error(string tool)
    {
        var packed = Pack(tool, Sample());
        Assert.Throws<Pier.Store.TruncatedException>(() => Unpack(packed[..^(packed.Length / 3)]));
        packed[packed.Length / 2] ^= 0x55;
        packed[packed.Length / 2 + 1] ^= 0x55;
        // Of zstd's frames only the end has a check sum; all of it must be read to know.
        Assert.Throws<Pier.Store.CorruptException>(() => Unpack(packed));
    }

    [Theory]
    [InlineData("zstd", MediaTypes.OciLayerZstd)]
    [InlineData("xz", MediaTypes.OciLayerTar)]
    [InlineData("bzip2", MediaTypes.OciLayerTar)]
    public void Archives_and_layers_of_every_compression_become_images(string tool, string mediaType)
    {
        var layer = new TarBuilder().File("etc/name", tool).Build();
        var imported = _test.Store.Images.Import(new MemoryStream(Pack(tool, layer)), new ImportOptions());
        Assert.Equal(mediaType, imported.Manifest.Layers[0].MediaType);
        Assert.Equal(Digest.Of(layer), imported.Config.RootFs.DiffIds[0]);

        _test.Store.Images.Load(new MemoryStream(Pack(tool, Archives.DockerSave($"{tool}:archive", layer))));
        Assert.Equal(imported.ChainId, _test.Store.Images.Resolve($"{tool}:archive").ChainId);
        var packedLayer = new TarBuilder()
            .Bytes("0/layer.tar", Pack(tool, layer))
            .Bytes("config.json", Config(layer))
            .Bytes(
                "manifest.json",
                System.Text.Encoding.UTF8.GetBytes(
                    $$"""[{"Config":"config.json","RepoTags":["{{tool}}:layer"],"Layers":["0/layer.tar"]}]"""
                )
            )
            .Build();
        _test.Store.Images.Load(new MemoryStream(packedLayer));
        Assert.Equal(mediaType, _test.Store.Images.Resolve($"{tool}:layer").Manifest.Layers[0].MediaType);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(22)]
    public void What_is_compressed_with_zstd_the_usual_tool_reads_and_so_do_we(int level)
    {
        // Longer than a window and than what one of the library's threads takes at a time.
        byte[] plain = [.. Sample(), .. new byte[40 << 20], .. Sample()];
        var packed = Compress(plain, level);
        Assert.True(packed.Length < plain.Length / 2);
        Assert.Equal(packed, Compress(plain, level));
        Assert.Equal(plain, Unpack(packed));
        Assert.Equal(plain, Pack("zstd -dq", packed));
        // RFC 8878 recommends that every decoder take windows of 8 MiB; more is nobody's duty.
        Assert.Equal(plain, Pack("zstd -dq --memory=8MB", packed));
    }

    [Fact]
    public void An_empty_layer_is_a_frame_too_and_a_level_has_bounds()
    {
        Assert.Empty(Pack("zstd -dq", Compress([], 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZstdEncodingStream(Stream.Null, 23));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZstdEncodingStream(Stream.Null, -1));
    }

    [Fact]
    public void A_layer_is_compressed_as_asked()
    {
        var layer = new TarBuilder().Bytes("data", Sample()).Build();
        var plain = _test.Store.Images.Import(new MemoryStream(layer), new ImportOptions()).Manifest.Layers[0];
        using var lease = _test.Store.Content.Lease();
        Descriptor As(Descriptor from, string kind, string level = "", bool force = false) =>
            _test.Store.Images.Recompress(from, LayerCompression.Parse(kind, level, force), lease, default);

        var zstd = As(plain, "zstd");
        Assert.Equal(MediaTypes.OciLayerZstd, zstd.MediaType);
        Assert.Equal(layer, Unpack(_test.Store.Content.Read(zstd.Digest)));
        Assert.Equal(zstd.Digest, As(plain, "zstd", "3").Digest);
        Assert.NotEqual(zstd.Digest, As(plain, "zstd", "19").Digest);
        // What is compressed already stays so, unless it is forced.
        Assert.Equal(zstd, As(zstd, "gzip"));
        Assert.Equal(MediaTypes.OciLayerGzip, As(zstd, "gzip", force: true).MediaType);
        Assert.Equal(plain.Digest, As(zstd, "uncompressed", force: true).Digest);
    }

    [Theory]
    [InlineData("estargz", "", "compression estargz is not supported")]
    [InlineData("lzma", "", "unsupported compression type lzma")]
    [InlineData("gzip", "10", "invalid compression-level \"10\": of gzip 0 to 9")]
    [InlineData("zstd", "23", "invalid compression-level \"23\": of zstd 0 to 22")]
    [InlineData("zstd", "-1", "invalid compression-level \"-1\"")]
    [InlineData("zstd", "fast", "invalid compression-level \"fast\"")]
    [InlineData("uncompressed", "1", "what is uncompressed has no level")]
    public void A_compression_that_is_none_is_refused_by_name(string kind, string level, string error) =>
        Assert.Contains(
            error,
            Assert.ThrowsAny<EngineException>(() => LayerCompression.Parse(kind, level, false)).Message,
            StringComparison.Ordinal
        );

    static byte[] Compress(byte[] plain, int level)
    {
        using var packed = new MemoryStream();
        using (var zstd = new ZstdEncodingStream(packed, level))
        {
            // Pieces of odd lengths, as writers have them.
            for (var at = 0; at < plain.Length; at += 99_991)
                zstd.Write(plain.AsSpan(at, Math.Min(99_991, plain.Length - at)));
            zstd.Finish();
        }
        return packed.ToArray();
    }

    static byte[] Config(byte[] layer) =>
        System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{Digest.Of(layer)}}}"]}}"""
        );

    public void Dispose() => _test.Dispose();
}
