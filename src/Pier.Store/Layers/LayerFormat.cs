using Pier.Model;

namespace Pier.Store.Layers;

/// <summary>
/// How a layer that comes without a manifest is kept. As it came, where OCI has a media type for its compression: compressing anew would
/// cost the time that imports should not take. Decompressed otherwise (xz, bzip2).
/// </summary>
static class LayerFormat
{
    /// <summary>The bytes to keep, and their media type.</summary>
    internal static Stream Open(Stream layer, out string mediaType) => Open(layer, out mediaType, out _);

    /// <inheritdoc cref="Open(Stream, out string)"/>
    internal static Stream Open(Stream layer, out string mediaType, out bool isAsItCame)
    {
        var whole = Decompression.Peek(layer, out var compression);
        isAsItCame = compression is Compression.None or Compression.Gzip or Compression.Zstd;
        mediaType = compression switch
        {
            Compression.Gzip => MediaTypes.OciLayerGzip,
            Compression.Zstd => MediaTypes.OciLayerZstd,
            _ => MediaTypes.OciLayerTar,
        };
        return isAsItCame ? whole : Decompression.Open(whole);
    }
}
