using System.IO.Compression;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Layers;

namespace Pier.Store.Images;

/// <summary>How a layer travels.</summary>
/// <param name="Level">0 to 9, null for the usual one.</param>
/// <param name="Force">Also layers that are compressed in another way already.</param>
public sealed record LayerCompression(LayerCompressionKind Kind, int? Level, bool Force);

/// <summary>What layers are compressed with.</summary>
public enum LayerCompressionKind
{
    None,
    Gzip,
}

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
            var type = OciType(layer.MediaType);
            var now = type switch
            {
                MediaTypes.OciLayerTar => LayerCompressionKind.None,
                MediaTypes.OciLayerGzip => LayerCompressionKind.Gzip,
                _ => (LayerCompressionKind?)null,
            };
            if (now == wanted.Kind || (now != LayerCompressionKind.None && !wanted.Force))
                return layer with { MediaType = type };
            return lease.Write(
                output =>
                {
                    using var blob = _content.Open(layer.Digest);
                    using var plain = Decompression.Open(blob);
                    if (wanted.Kind == LayerCompressionKind.None)
                    {
                        Copy(plain, output, ct);
                        return;
                    }
                    using var gzip = new GZipStream(
                        output,
                        new ZLibCompressionOptions { CompressionLevel = wanted.Level ?? 6 },
                        leaveOpen: true
                    );
                    Copy(plain, gzip, ct);
                },
                wanted.Kind == LayerCompressionKind.Gzip ? MediaTypes.OciLayerGzip : MediaTypes.OciLayerTar,
                durable: false
            ) with
            {
                Annotations = layer.Annotations,
            };
        });

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
