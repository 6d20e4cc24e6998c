using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Logs;

/// <summary>
/// Rotated files as gzip. The header's extra field (RFC 1952, 2.3.1.1; subfield "PI") holds the identity of the file it was made of, so
/// that a reader knows one log file by either form.
/// </summary>
public static class CompressedLog
{
    const byte FlagExtra = 4;

    // An empty member with nothing but the extra field comes first: gzip readers join members, and the identity is at a fixed place.
    static ReadOnlySpan<byte> Head => [0x1f, 0x8b, 8, FlagExtra, 0, 0, 0, 0, 0, 255, 20, 0, (byte)'P', (byte)'I', 16, 0];
    static ReadOnlySpan<byte> EmptyBody => [3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>
    /// Compresses rotated files that nobody has yet; the supervisor puts the result in place at the next rotation. Compressed forms of
    /// files that are gone are removed.
    /// </summary>
    public static void Compress(string path) =>
        Border.Cross(() =>
        {
            var ready = new List<string>();
            for (var number = 1; ; number++)
            {
                var plain = LogFiles.Name(path, number);
                if (LogFiles.OpenHandle(plain) is { } source)
                {
                    using (source)
                        ready.Add(Compress(path, source));
                }
                else if (!File.Exists(plain + ".gz"))
                {
                    break;
                }
            }
            foreach (var old in Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + CompressedName.Mark + "*"))
            {
                if (!ready.Contains(old))
                    File.Delete(old);
            }
        });

    static string Compress(string path, SafeFileHandle source)
    {
        var ready = CompressedName.Of(path, FileStat.Of(source).Inode, File.GetLastWriteTimeUtc(source));
        if (File.Exists(ready))
            return ready;
        Write(source, ready + ".part");
        // While the descriptor is open its inode is nobody else's; without a name it was rotated away.
        if (FileStat.Of(source).Links > 0)
            File.Move(ready + ".part", ready, overwrite: true);
        return ready;
    }

    /// <summary>The file, not unpacked yet, or null when there is no such file.</summary>
    internal static LogFile? Open(string path)
    {
        FileStream compressed;
        try
        {
            compressed = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        Span<byte> head = stackalloc byte[Head.Length + 16];
        if (compressed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.StartsWith(Head))
            return new LogFile(
                compressed,
                new LogIdentity(
                    BinaryPrimitives.ReadUInt64LittleEndian(head[Head.Length..]),
                    BinaryPrimitives.ReadInt64LittleEndian(head[(Head.Length + 8)..])
                )
            );
        compressed.Dispose();
        return null;
    }

    /// <summary>The content in a file without a name.</summary>
    internal static SafeFileHandle Unpack(FileStream compressed)
    {
        compressed.Position = 0;
        var name = $"{compressed.Name}.{Guid.NewGuid():n}";
        var content = File.OpenHandle(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            File.Delete(name);
            using var plain = new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true);
            var block = new byte[1 << 17];
            long at = 0;
            for (int read; (read = plain.Read(block)) > 0; at += read)
                RandomAccess.Write(content, block.AsSpan(0, read), at);
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    static void Write(SafeFileHandle source, string target)
    {
        using var file = new FileStream(target, FileMode.Create, FileAccess.Write);
        var identity = LogIdentity.Of(source);
        Span<byte> field = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(field, identity.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(field[8..], identity.Modified);
        file.Write(Head);
        file.Write(field);
        file.Write(EmptyBody);
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        var block = new byte[1 << 17];
        long at = 0;
        for (int read; (read = RandomAccess.Read(source, block, at)) > 0; at += read)
            gzip.Write(block, 0, read);
    }
}
