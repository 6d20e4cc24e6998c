using System.Globalization;

namespace Pier.Model;

/// <summary>How a layer travels.</summary>
/// <param name="Level">Of gzip 0 to 9, of zstd 1 to 22 and 0 for the usual one; null for the usual one.</param>
/// <param name="Force">Also layers that are compressed in another way already.</param>
public sealed record LayerCompression(LayerCompressionKind Kind, int? Level, bool Force)
{
    /// <summary>
    /// As options write it: "" (gzip), "gzip", "zstd" or "uncompressed", and a level or "". Throws
    /// <see cref="InvalidParameterException"/> and, for what others know and Pier does not, <see cref="UnsupportedException"/>.
    /// </summary>
    public static LayerCompression Parse(string kind, string level, bool force)
    {
        var (parsed, highest) = kind switch
        {
            "" or "gzip" => (LayerCompressionKind.Gzip, 9),
            "zstd" => (LayerCompressionKind.Zstd, 22),
            "uncompressed" => (LayerCompressionKind.None, 0),
            "estargz" => throw new UnsupportedException("compression estargz is not supported: uncompressed, gzip and zstd are"),
            _ => throw new InvalidParameterException($"unsupported compression type {kind}: uncompressed, gzip and zstd are known"),
        };
        if (level.Length == 0)
            return new LayerCompression(parsed, null, force);
        if (parsed == LayerCompressionKind.None)
            throw new InvalidParameterException($"invalid compression-level \"{level}\": what is uncompressed has no level");
        return int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= highest
            ? new LayerCompression(parsed, number, force)
            : throw new InvalidParameterException(
                $"invalid compression-level \"{level}\": of {parsed.ToString().ToLowerInvariant()} 0 to {highest}"
            );
    }
}

/// <summary>What layers are compressed with.</summary>
public enum LayerCompressionKind
{
    None,
    Gzip,
    Zstd,
}
