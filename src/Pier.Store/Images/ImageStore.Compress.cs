using System.IO.Compression;
using Pier.Linux.Compression;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Layers;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// The layer as it is asked for: itself where it is so already, another blob otherwise, which the lease holds. The same layer gives the
    /// same blob.
    /// </summary>
    public Descriptor Recompress(Descriptor layer, LayerCompression wanted, ContentLease lease, CancellationToken ct) =>
        Border.Cross(() =>
        {
            if (!lease.Keep(layer.Digest))
                throw new NotFoundException($"content digest {layer.Digest}: not found");
            var type = MediaTypes.ToOci(layer.MediaType);
            var now = type switch
            {
                MediaTypes.OciLayerTar => LayerCompressionKind.None,
                MediaTypes.OciLayerGzip => LayerCompressionKind.Gzip,
                MediaTypes.OciLayerZstd => LayerCompressionKind.Zstd,
                _ => (LayerCompressionKind?)null,
            };
            if (now == wanted.Kind || (now != LayerCompressionKind.None && !wanted.Force))
                return layer with { MediaType = type };
            return lease.Write(
                output =>
                {
                    using var blob = _content.Open(layer.Digest);
                    using var plain = Decompression.Open(blob);
                    Compress(plain, output, wanted, ct);
                },
                wanted.Kind switch
                {
                    LayerCompressionKind.Gzip => MediaTypes.OciLayerGzip,
                    LayerCompressionKind.Zstd => MediaTypes.OciLayerZstd,
                    _ => MediaTypes.OciLayerTar,
                },
                durable: false
            ) with
            {
                Annotations = layer.Annotations,
            };
        });

    /// <summary>Throws <see cref="UnsupportedException"/> when this host has no library for a compression.</summary>
    public static void Check(LayerCompression wanted)
    {
        if (wanted.Kind == LayerCompressionKind.Zstd && !ZstdEncodingStream.IsAvailable)
            throw NoZstd(null);
    }

    static UnsupportedException NoZstd(Exception? cause) => new("unsupported compression: this host has no library for zstd", cause);

    static void Compress(Stream plain, Stream output, LayerCompression wanted, CancellationToken ct)
    {
        switch (wanted.Kind)
        {
            case LayerCompressionKind.Gzip:
                var options = new ZLibCompressionOptions { CompressionLevel = wanted.Level ?? 6 };
                using (var gzip = new GZipStream(output, options, leaveOpen: true))
                    Copy(plain, gzip, ct);
                break;
            case LayerCompressionKind.Zstd:
                using (var zstd = OpenZstd(output, wanted.Level ?? 0))
                {
                    Copy(plain, zstd, ct);
                    zstd.Finish();
                }
                break;
            default:
                Copy(plain, output, ct);
                break;
        }
    }

    static ZstdEncodingStream OpenZstd(Stream output, int level)
    {
        try
        {
            return new ZstdEncodingStream(output, level);
        }
        catch (DllNotFoundException e)
        {
            throw NoZstd(e);
        }
    }

    static void Copy(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[256 << 10];
        for (int read; (read = from.Read(buffer)) > 0; )
        {
            ct.ThrowIfCancellationRequested();
            to.Write(buffer, 0, read);
        }
    }
}
