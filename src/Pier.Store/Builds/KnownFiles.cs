using System.Buffers.Binary;
using System.Security.Cryptography;
using Pier.Linux.Files;

namespace Pier.Store.Builds;

/// <summary>What a file's content was, and what it looked like then: size in bytes, times, and SHA-256 (32 bytes).</summary>
sealed class KnownFile(long size, FileTime modify, FileTime change, byte[] hash)
{
    internal long Size => size;
    internal FileTime Modify => modify;
    internal FileTime Change => change;
    internal byte[] Hash => hash;

    /// <summary>How often the table was written since the file was asked for.</summary>
    internal byte Age { get; set; }

    /// <summary>Whether it is the same still. The inode is the key.</summary>
    internal bool Is(FileStat stat) => size == stat.Size && modify == stat.Modify && change == stat.Change;
}

/// <summary>
/// A table of known files as a file: a mark with the version, the number of entries, the entries (little-endian), and SHA-256 of all that.
/// A file of another version, or one that is not as it was written, is an empty table.
/// </summary>
static class KnownFiles
{
    const int Mark = 16,
        Entry = 81,
        Sum = 32;

    // Entries that nobody asked for during so many changes are of files that are gone.
    const byte Oldest = 8;

    static ReadOnlySpan<byte> Version => "pier-hashes-1"u8;

    internal static Dictionary<(uint, uint, ulong), KnownFile> Read(string path)
    {
        var table = new Dictionary<(uint, uint, ulong), KnownFile>();
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > Mark + (long)FileHashes.Limit * Entry + Sum)
            return table;
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        if (bytes.Length < Mark + Sum || (bytes.Length - Mark - Sum) % Entry != 0 || !bytes.StartsWith(Version))
            return table;
        if (!SHA256.HashData(bytes[..^Sum]).AsSpan().SequenceEqual(bytes[^Sum..]))
            return table;
        for (var rest = bytes[Mark..^Sum]; rest.Length > 0; rest = rest[Entry..])
            Add(table, rest[..Entry]);
        return table;
    }

    /// <summary>Everything grows older by one; of more than <see cref="FileHashes.Limit"/> the youngest stay.</summary>
    internal static byte[] Write(IReadOnlyCollection<KeyValuePair<(uint, uint, ulong), KnownFile>> table)
    {
        var kept = table.Where(e => e.Value.Age < Oldest).OrderBy(e => e.Value.Age).Take(FileHashes.Limit).ToArray();
        var bytes = new byte[Mark + kept.Length * Entry + Sum];
        Version.CopyTo(bytes);
        var at = Mark;
        foreach (var (identity, known) in kept)
        {
            Put(bytes.AsSpan(at, Entry), identity, known);
            at += Entry;
        }
        SHA256.HashData(bytes.AsSpan(..^Sum), bytes.AsSpan(^Sum..));
        return bytes;
    }

    static void Add(Dictionary<(uint, uint, ulong), KnownFile> table, ReadOnlySpan<byte> entry)
    {
        var (major, minor) = (BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
        table[(major, minor, BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]))] = new KnownFile(
            BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
            Time(entry[24..]),
            Time(entry[36..]),
            entry[48..80].ToArray()
        )
        {
            Age = entry[80],
        };
    }

    static void Put(Span<byte> entry, (uint Major, uint Minor, ulong Inode) identity, KnownFile known)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(entry, identity.Major);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], identity.Minor);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], identity.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], known.Size);
        Put(entry[24..], known.Modify);
        Put(entry[36..], known.Change);
        known.Hash.CopyTo(entry[48..]);
        entry[80] = (byte)(known.Age + 1);
    }

    static FileTime Time(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));

    static void Put(Span<byte> bytes, FileTime time)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, time.Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], time.Nanoseconds);
    }
}
