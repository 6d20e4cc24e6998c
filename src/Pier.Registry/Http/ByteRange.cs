using System.Globalization;

namespace Pier.Registry.Http;

/// <summary>One range of a body of known size (RFC 9110, section 14). First and Last are inclusive.</summary>
readonly record struct ByteRange(long First, long Last)
{
    public long Length => Last - First + 1;

    /// <summary>
    /// Reads a Range header. False for one that cannot be satisfied (416). What is no single byte range is no range at all, as the RFC
    /// asks: null, the whole body.
    /// </summary>
    public static bool TryParse(string? header, long size, out ByteRange? range)
    {
        range = null;
        if (header is null || !header.StartsWith("bytes=", StringComparison.Ordinal))
            return true;
        var text = header.AsSpan("bytes=".Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Contains(','))
            return true;
        var left = text[..dash];
        var right = text[(dash + 1)..];
        if (left.IsEmpty)
            return TryParseSuffix(right, size, out range);
        if (!TryNumber(left, out var first) || !right.IsEmpty && !TryNumber(right, out _))
            return true;
        var last = size - 1;
        if (!right.IsEmpty && TryNumber(right, out var asked))
        {
            if (asked < first)
                return true;
            last = Math.Min(last, asked);
        }
        if (first >= size)
            return false;
        range = new ByteRange(first, last);
        return true;
    }

    // "-500": the last 500 bytes.
    static bool TryParseSuffix(ReadOnlySpan<char> text, long size, out ByteRange? range)
    {
        range = null;
        if (!TryNumber(text, out var count))
            return true;
        if (count == 0 || size == 0)
            return false;
        range = new ByteRange(Math.Max(0, size - count), size - 1);
        return true;
    }

    /// <summary>
    /// Reads a chunk's Content-Range as this protocol writes it: "first-last", also with "bytes " before and "/total" behind.
    /// </summary>
    public static bool TryParseChunk(string header, out ByteRange range)
    {
        range = default;
        var text = header.AsSpan().Trim();
        if (text.StartsWith("bytes "))
            text = text["bytes ".Length..];
        if (text.IndexOf('/') is var slash and >= 0)
            text = text[..slash];
        var dash = text.IndexOf('-');
        if (dash < 0 || !TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..], out var last) || last < first)
            return false;
        range = new ByteRange(first, last);
        return true;
    }

    static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
