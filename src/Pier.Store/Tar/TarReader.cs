using Pier.Linux.Files;

namespace Pier.Store.Tar;

/// <summary>
/// Reads a tar as a stream: v7, ustar, pax (with SCHILY.xattr), GNU (long names, base 256, all sparse forms). Own code because the
/// framework's reader decodes names and attribute values as UTF-8, which destroys others (security.capability is binary), and knows no
/// sparse files: docs/decisions. Every length is bounded by what Go's reader, and so Docker, accepts.
/// Throws <see cref="TruncatedException"/> and <see cref="CorruptException"/>.
/// </summary>
sealed class TarReader(Stream stream)
{
    // archive/tar: the most that a pax header or a long name may take.
    const int MaxSpecial = 1 << 20;

    readonly byte[] _block = new byte[TarBlock.Size];
    long _left;
    int _padding;

    /// <summary>The next file, or null at the end. What was not read of the one before is skipped.</summary>
    internal TarEntry? Next()
    {
        PaxRecords? pax = null;
        string? longName = null,
            longLink = null;
        while (ReadHeader())
        {
            var header = new TarBlock(_block);
            switch (header.Type)
            {
                case (byte)'x' or (byte)'X':
                    pax = PaxRecords.Parse(ReadSpecial(header.Length));
                    break;
                case (byte)'L':
                    longName = CString(ReadSpecial(header.Length));
                    break;
                case (byte)'K':
                    longLink = CString(ReadSpecial(header.Length));
                    break;
                // A global header holds comments (git writes one); a volume label holds a title.
                case (byte)'g' or (byte)'V':
                    SetData(header.Length);
                    break;
                default:
                    return Describe(header, pax, longName, longLink);
            }
        }
        return pax is null && longName is null && longLink is null ? null : throw new TruncatedException();
    }

    /// <summary>Reads of the current file's stored bytes; 0 at their end. A sparse file's are packed.</summary>
    internal int Read(Span<byte> buffer)
    {
        if (_left == 0 || buffer.Length == 0)
            return 0;
        var read = stream.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0)
            throw new TruncatedException();
        _left -= read;
        return read;
    }

    /// <summary>Reads what follows the end mark, so that a digest over the stream covers all of it.</summary>
    internal void Drain()
    {
        var buffer = new byte[64 << 10];
        while (stream.Read(buffer) > 0) { }
    }

    TarEntry Describe(TarBlock header, PaxRecords? pax, string? longName, string? longLink)
    {
        var name = pax?.Text("GNU.sparse.name") ?? pax?.Text("path") ?? longName ?? PathText.Decode(header.Name);
        var kind = KindOf(header.Type, name);
        var stored = kind == TarKind.Regular ? pax?.Number("size") ?? header.Length : 0;
        SetData(stored);
        var sparse = kind == TarKind.Regular ? ReadSparse(header, pax) : null;
        return new TarEntry
        {
            Name = name,
            Kind = kind,
            Mode = (uint)header.Mode & ModeBits.PermissionMask,
            Uid = Id(pax?.Number("uid") ?? header.Uid),
            Gid = Id(pax?.Number("gid") ?? header.Gid),
            Size = sparse?.Size ?? stored,
            Sparse = sparse?.Map,
            Modified = pax?.Time("mtime") ?? new FileTime(header.Modified, 0),
            Accessed = pax?.Time("atime"),
            LinkName = pax?.Text("linkpath") ?? longLink ?? PathText.Decode(header.LinkName),
            DeviceMajor = (uint)header.DeviceMajor,
            DeviceMinor = (uint)header.DeviceMinor,
            Xattrs = pax?.Xattrs(),
        };
    }

    (long Size, List<SparseExtent> Map)? ReadSparse(TarBlock header, PaxRecords? pax)
    {
        List<SparseExtent> map;
        long size;
        if (header.Type == (byte)'S')
        {
            size = header.Number(483, 12);
            // The extension blocks are no part of the file's length: read past the bookkeeping.
            map = SparseMap.OldGnu([.. _block], () => ReadExactly(new byte[TarBlock.Size]));
        }
        else if (pax?.Number("GNU.sparse.major") == 1 && pax.Number("GNU.sparse.minor") == 0)
        {
            size = pax.Number("GNU.sparse.realsize") ?? throw TarBlock.Invalid();
            map = SparseMap.Lines(ReadDataBlock);
        }
        else if (pax?.Text("GNU.sparse.map") is { } commas)
        {
            size = pax.Number("GNU.sparse.size") ?? throw TarBlock.Invalid();
            map = SparseMap.Commas(commas);
        }
        else if (pax?.SparsePairs.Count > 0)
        {
            size = pax.Number("GNU.sparse.size") ?? throw TarBlock.Invalid();
            map = SparseMap.Pairs(pax.SparsePairs);
        }
        else
        {
            return null;
        }
        return (size, SparseMap.Checked(map, size, _left));
    }

    byte[] ReadDataBlock()
    {
        if (_left < TarBlock.Size)
            throw TarBlock.Invalid();
        _left -= TarBlock.Size;
        return ReadExactly(new byte[TarBlock.Size]);
    }

    static TarKind KindOf(byte type, string name) =>
        type switch
        {
            // v7 knew no directories: a slash at the end says it.
            (byte)'0' or 0 or (byte)'7' when name.EndsWith('/') => TarKind.Directory,
            (byte)'0' or 0 or (byte)'7' or (byte)'S' => TarKind.Regular,
            (byte)'1' => TarKind.HardLink,
            (byte)'2' => TarKind.Symlink,
            (byte)'3' => TarKind.CharDevice,
            (byte)'4' => TarKind.BlockDevice,
            (byte)'5' => TarKind.Directory,
            (byte)'6' => TarKind.Fifo,
            _ => throw new CorruptException($"unhandled tar header type {type}"),
        };

    static uint Id(long id) => id is >= 0 and < uint.MaxValue ? (uint)id : throw TarBlock.Invalid();

    void SetData(long length)
    {
        if (length < 0)
            throw TarBlock.Invalid();
        _left = length;
        _padding = (int)(-length & (TarBlock.Size - 1));
    }

    byte[] ReadSpecial(long length)
    {
        if (length is < 0 or > MaxSpecial)
            throw TarBlock.Invalid();
        SetData(length);
        var data = ReadExactly(new byte[length]);
        _left = 0;
        return data;
    }

    static string CString(ReadOnlySpan<byte> bytes) => PathText.Decode(bytes.IndexOf((byte)0) is var end and >= 0 ? bytes[..end] : bytes);

    // False at the end: a zero block, or the stream's end on a block's boundary as Go accepts it.
    bool ReadHeader()
    {
        Skip();
        var read = stream.ReadAtLeast(_block, TarBlock.Size, throwOnEndOfStream: false);
        if (read == 0)
            return false;
        if (read < TarBlock.Size)
            throw new TruncatedException();
        var header = new TarBlock(_block);
        if (header.IsZero)
            return false;
        return header.ChecksumHolds ? true : throw TarBlock.Invalid();
    }

    void Skip()
    {
        var rest = _left + _padding;
        (_left, _padding) = (0, 0);
        // Most often it is less than a block of padding.
        var buffer =
            rest == 0 ? []
            : rest <= TarBlock.Size ? _block
            : new byte[Math.Min(rest, 64 << 10)];
        while (rest > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(rest, buffer.Length));
            if (read == 0)
                throw new TruncatedException();
            rest -= read;
        }
    }

    byte[] ReadExactly(byte[] buffer) =>
        stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length ? buffer : throw new TruncatedException();
}
