namespace Pier.Contracts.Http2;

/// <summary>
/// HPACK's Huffman code (RFC 7541 appendix B). It is canonical: the codes of one length are consecutive, in the order of their bytes, so the lengths say
/// it all.
/// </summary>
static class Huffman
{
    const int Longest = 30;

    static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    ];

    /// <summary>Bytes sorted by the length of their code; of each length the first code, and where its bytes begin.</summary>
    static readonly byte[] Sorted = [.. Enumerable.Range(0, 256).OrderBy(b => Lengths[b]).ThenBy(b => b).Select(b => (byte)b)];
    static readonly (uint FirstCode, int Begin, int Count)[] ByLength = Index();

    /// <summary>Decodes a string. Throws for codes that there are none of, and for padding that is not the beginning of the end mark.</summary>
    internal static byte[] Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new List<byte>(bytes.Length * 2);
        var (code, length) = (0u, 0);
        foreach (var b in bytes)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                (code, length) = (code << 1 | (uint)(b >> bit & 1), length + 1);
                var (first, begin, count) = ByLength[length];
                if (code >= first && code - first < (uint)count)
                {
                    text.Add(Sorted[begin + (int)(code - first)]);
                    (code, length) = (0, 0);
                }
                else if (length == Longest)
                {
                    throw new Http2Exception(Http2Error.Compression, "invalid Huffman code");
                }
            }
        }
        if (length > 7 || code != (1u << length) - 1) throw new Http2Exception(Http2Error.Compression, "invalid Huffman padding");
        return [.. text];
    }

    static (uint, int, int)[] Index()
    {
        var index = new (uint, int, int)[Longest + 1];
        var (code, begin) = (0u, 0);
        for (var length = 1; length <= Longest; length++)
        {
            var count = 0;
            foreach (var known in Lengths) count += known == length ? 1 : 0;
            index[length] = (code, begin, count);
            (code, begin) = ((code + (uint)count) << 1, begin + count);
        }
        return index;
    }
}
