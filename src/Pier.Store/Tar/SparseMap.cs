using System.Globalization;

namespace Pier.Store.Tar;

/// <summary>
/// GNU's maps of sparse files (GNU tar manual, "Storing Sparse Files"), in their four written forms. Bounded and checked.
/// </summary>
static class SparseMap
{
    const int MaxExtents = 1 << 20;

    /// <summary>The old GNU form: four extents in the header, more in blocks that follow it.</summary>
    internal static List<SparseExtent> OldGnu(byte[] header, Func<byte[]> nextBlock)
    {
        var extents = new List<SparseExtent>();
        AppendOld(new TarBlock(header), 386, 4, extents);
        var extended = header[482] != 0;
        while (extended)
        {
            var block = nextBlock();
            AppendOld(new TarBlock(block), 0, 21, extents);
            extended = block[504] != 0;
            if (extents.Count > MaxExtents)
                throw TarBlock.Invalid();
        }
        return extents;
    }

    /// <summary>Forms 0.0 and 0.1: numbers from pax records, offset and length in turn.</summary>
    internal static List<SparseExtent> Pairs(IReadOnlyList<long> numbers)
    {
        if (numbers.Count % 2 != 0 || numbers.Count > 2 * MaxExtents)
            throw TarBlock.Invalid();
        return [.. Enumerable.Range(0, numbers.Count / 2).Select(i => new SparseExtent(numbers[2 * i], numbers[(2 * i) + 1]))];
    }

    /// <summary>Form 0.1's text: numbers with commas.</summary>
    internal static List<SparseExtent> Commas(string text) => Pairs([.. text.Split(',').Select(Integer)]);

    /// <summary>Form 1.0: lines in the file's own data, padded to a block: a count, then offsets and lengths.</summary>
    internal static List<SparseExtent> Lines(Func<byte[]> nextBlock)
    {
        var (numbers, digits, total) = (new List<long>(), "", -1L);
        while (total < 0 || numbers.Count < total * 2)
        {
            foreach (var b in nextBlock())
            {
                if (total >= 0 && numbers.Count == total * 2)
                    break;
                if (b != '\n')
                {
                    digits = digits.Length < 20 ? digits + (char)b : throw TarBlock.Invalid();
                    continue;
                }
                var number = Integer(digits);
                digits = "";
                if (total >= 0)
                    numbers.Add(number);
                else
                    total = number is >= 0 and <= MaxExtents ? number : throw TarBlock.Invalid();
            }
        }
        return Pairs(numbers);
    }

    /// <summary>Ascending, inside the file, and as much data as the archive holds.</summary>
    internal static List<SparseExtent> Checked(List<SparseExtent> extents, long size, long stored)
    {
        long end = 0,
            data = 0;
        foreach (var (offset, length) in extents)
        {
            if (offset < end || length < 0 || length > size - offset)
                throw TarBlock.Invalid();
            (end, data) = (offset + length, data + length);
        }
        return data == stored ? extents : throw TarBlock.Invalid();
    }

    static void AppendOld(TarBlock block, int offset, int count, List<SparseExtent> extents)
    {
        for (var i = 0; i < count; i++, offset += 24)
        {
            var extent = new SparseExtent(block.Number(offset, 12), block.Number(offset + 12, 12));
            if (extent.Offset != 0 || extent.Length != 0)
                extents.Add(extent);
        }
    }

    static long Integer(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw TarBlock.Invalid();
}
