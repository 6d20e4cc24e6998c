using System.Security.Cryptography;
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

    static byte[] Config(byte[] layer) =>
        System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{Digest.Of(layer)}}}"]}}"""
        );

    public void Dispose() => _test.Dispose();
}
