using System.Globalization;
using System.Text;
using Pier.Linux.Files;

namespace Pier.Store.Tar;

/// <summary>
/// Writes a tar as a stream: ustar headers, with a pax header before a file that needs one (POSIX.1-2017 pax). The same entries give the
/// same bytes.
/// </summary>
/// <param name="latest">No file's time is later than this; null leaves them.</param>
sealed class TarWriter(Stream stream, FileTime? latest = null)
{
    const long MaxOctal8 = 0x1FFFFF,
        MaxOctal12 = 0x1FFFFFFFF;
    const int CopySize = 256 << 10;

    static readonly byte[] Zeros = new byte[2 * TarBlock.Size];

    // Used again for each entry: layers have many.
    readonly byte[] _block = new byte[TarBlock.Size];
    readonly MemoryStream _records = new();
    byte[] _copy = [];

    /// <summary>The sum of the regular files' bytes.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Whether a file's time was too late.</summary>
    internal bool HasChangedTimes { get; private set; }

    /// <summary>Writes a file's header and, for a regular file, exactly <see cref="TarEntry.Size"/> bytes of data.</summary>
    internal void Write(TarEntry entry, Stream? data = null)
    {
        if (latest is { } bound && IsLater(entry.Modified, bound))
            (entry, HasChangedTimes) = (entry with { Modified = bound }, true);
        var name = PathText.Encode(entry.Name);
        var link = PathText.Encode(entry.LinkName);
        var size = entry.Kind == TarKind.Regular ? entry.Size : 0;
        if (Extended(entry, name, link, size) is { Length: > 0 } pax)
        {
            WriteHeader(PaxHeader(pax.Length), (byte)'x', "PaxHeader"u8, default, pax.Length);
            stream.Write(pax);
            Pad(pax.Length);
        }
        WriteHeader(entry, TypeOf(entry.Kind), name, link, size);
        Bytes += size;
        if (size > 0)
            CopyData(data ?? throw new ArgumentNullException(nameof(data)), size);
    }

    /// <summary>The end mark: two zero blocks.</summary>
    internal void Finish() => stream.Write(Zeros);

    static bool IsLater(FileTime time, FileTime than) => (time.Seconds, time.Nanoseconds).CompareTo((than.Seconds, than.Nanoseconds)) > 0;

    static TarEntry PaxHeader(long length) =>
        new()
        {
            Name = "",
            Kind = TarKind.Regular,
            Mode = 0x1A4,
            Size = length,
        };

    ReadOnlySpan<byte> Extended(TarEntry entry, byte[] name, byte[] link, long size)
    {
        var records = _records;
        records.SetLength(0);
        if (name.Length > 100 || !Ascii.IsValid(name))
            Record(records, "path", name);
        if (link.Length > 100 || !Ascii.IsValid(link))
            Record(records, "linkpath", link);
        if (size > MaxOctal12)
            Record(records, "size", Number(size));
        if (entry.Uid > MaxOctal8)
            Record(records, "uid", Number(entry.Uid));
        if (entry.Gid > MaxOctal8)
            Record(records, "gid", Number(entry.Gid));
        if (entry.Modified.Nanoseconds != 0 || entry.Modified.Seconds is < 0 or > MaxOctal12)
            Record(records, "mtime", Time(entry.Modified));
        if (entry.Xattrs is { } xattrs)
            foreach (var (attribute, value) in xattrs.OrderBy(x => x.Key, StringComparer.Ordinal))
                Record(records, "SCHILY.xattr." + attribute, value);
        return records.GetBuffer().AsSpan(0, (int)records.Length);
    }

    // The length counts itself: adding its digits may add a digit.
    static void Record(MemoryStream records, string key, byte[] value)
    {
        var body = PathText.Encode(key).Length + value.Length + 3;
        var length = body + 1;
        while (length != body + Number(length).Length)
            length = body + Number(length).Length;
        records.Write(Encoding.ASCII.GetBytes($"{length.ToString(CultureInfo.InvariantCulture)} "));
        records.Write(PathText.Encode(key + "="));
        records.Write(value);
        records.WriteByte((byte)'\n');
    }

    void WriteHeader(TarEntry entry, byte type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, long size)
    {
        var block = _block.AsSpan();
        block.Clear();
        name[..Math.Min(100, name.Length)].CopyTo(block);
        Octal(block.Slice(100, 8), entry.Mode);
        Octal(block.Slice(108, 8), Math.Min(entry.Uid, MaxOctal8));
        Octal(block.Slice(116, 8), Math.Min(entry.Gid, MaxOctal8));
        Octal(block.Slice(124, 12), Math.Min(size, MaxOctal12));
        Octal(block.Slice(136, 12), Math.Clamp(entry.Modified.Seconds, 0, MaxOctal12));
        block[156] = type;
        link[..Math.Min(100, link.Length)].CopyTo(block[157..]);
        "ustar\0"u8.CopyTo(block[257..]);
        "00"u8.CopyTo(block[263..]);
        Octal(block.Slice(329, 8), entry.DeviceMajor);
        Octal(block.Slice(337, 8), entry.DeviceMinor);
        block.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in block)
            sum += b;
        Octal(block.Slice(148, 7), sum);
        stream.Write(block);
    }

    // Digits to the field's end, which is a zero byte.
    static void Octal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
            field[i] = (byte)('0' + (value & 7));
    }

    static byte TypeOf(TarKind kind) =>
        kind switch
        {
            TarKind.Regular => (byte)'0',
            TarKind.HardLink => (byte)'1',
            TarKind.Symlink => (byte)'2',
            TarKind.CharDevice => (byte)'3',
            TarKind.BlockDevice => (byte)'4',
            TarKind.Directory => (byte)'5',
            _ => (byte)'6',
        };

    void CopyData(Stream data, long size)
    {
        if (_copy.Length < size && _copy.Length < CopySize)
            _copy = new byte[Math.Min(size, CopySize)];
        for (var left = size; left > 0; )
        {
            var read = data.Read(_copy, 0, (int)Math.Min(left, _copy.Length));
            if (read == 0)
                throw new TruncatedException();
            stream.Write(_copy, 0, read);
            left -= read;
        }
        Pad(size);
    }

    void Pad(long length) => stream.Write(Zeros.AsSpan(0, (int)(-length & (TarBlock.Size - 1))));

    static byte[] Number(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    // Before the epoch the fraction counts towards it: -1 s + 0.5e9 ns is -0.5.
    static byte[] Time(FileTime time)
    {
        var (seconds, nanoseconds, sign) =
            time.Seconds < 0 && time.Nanoseconds > 0
                ? (-(time.Seconds + 1), 1_000_000_000 - time.Nanoseconds, "-")
                : (time.Seconds, time.Nanoseconds, "");
        var fraction = nanoseconds == 0 ? "" : "." + nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return Encoding.ASCII.GetBytes(sign + seconds.ToString(CultureInfo.InvariantCulture) + fraction);
    }
}
