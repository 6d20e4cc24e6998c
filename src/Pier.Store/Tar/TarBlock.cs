using System.Text;

namespace Pier.Store.Tar;

/// <summary>A tar header's fields: ustar (POSIX.1-2017 pax), GNU and v7 (tar(5) of libarchive).</summary>
readonly ref struct TarBlock(ReadOnlySpan<byte> block)
{
    internal const int Size = 512;

    readonly ReadOnlySpan<byte> _block = block;

    internal bool IsZero => !_block.ContainsAnyExcept((byte)0);
    internal byte Type => _block[156];
    internal ReadOnlySpan<byte> LinkName => Text(157, 100);
    internal bool IsGnu => _block.Slice(257, 8).SequenceEqual("ustar  \0"u8);
    internal bool IsPosix => _block.Slice(257, 6).SequenceEqual("ustar\0"u8);

    /// <summary>The name with ustar's prefix. GNU's headers keep other things in the prefix's place.</summary>
    internal byte[] Name
    {
        get
        {
            var prefix = IsPosix ? Text(345, 155) : default;
            var name = Text(0, 100);
            return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
        }
    }

    internal long Mode => Number(100, 8);
    internal long Uid => Number(108, 8);
    internal long Gid => Number(116, 8);
    internal long Length => Number(124, 12);
    internal long Modified => Number(136, 12);
    internal long DeviceMajor => IsPosix || IsGnu ? Number(329, 8) : 0;
    internal long DeviceMinor => IsPosix || IsGnu ? Number(337, 8) : 0;

    /// <summary>The sum of all bytes with the checksum field as spaces; some old tars summed signed bytes.</summary>
    internal bool ChecksumHolds
    {
        get
        {
            long unsigned = 0,
                signed = 0;
            for (var i = 0; i < Size; i++)
            {
                var value = i is >= 148 and < 156 ? (byte)' ' : _block[i];
                unsigned += value;
                signed += (sbyte)value;
            }
            return Number(148, 8) is var sum && (sum == unsigned || sum == signed);
        }
    }

    /// <summary>Octal digits, or GNU's base 256 (first bit set, big endian, two's complement).</summary>
    internal long Number(int offset, int length)
    {
        var field = _block.Slice(offset, length);
        if ((field[0] & 0x80) != 0)
            return Base256(field);
        var digits = field.Trim(" \0"u8);
        if (digits.IndexOf((byte)0) is var end and >= 0)
            digits = digits[..end];
        long value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                throw Invalid();
            value = checked((value << 3) | (uint)(digit - '0'));
        }
        return value;
    }

    static long Base256(ReadOnlySpan<byte> field)
    {
        var negative = (field[0] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (var i = 0; i < field.Length; i++)
        {
            var part = i == 0 ? (byte)(negative ? field[0] | 0x80 : field[0] & 0x7F) : field[i];
            if (value is > long.MaxValue >> 8 or < long.MinValue >> 8)
                throw Invalid();
            value = (value << 8) | part;
        }
        return value;
    }

    ReadOnlySpan<byte> Text(int offset, int length)
    {
        var field = _block.Slice(offset, length);
        return field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field;
    }

    internal static CorruptException Invalid() => new("archive/tar: invalid tar header");
}
