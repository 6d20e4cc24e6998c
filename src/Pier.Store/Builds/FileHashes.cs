using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Builds;

/// <summary>
/// SHA-256 of files' content. What was hashed once is known by inode, size and times, so that an unchanged context is not read again. A
/// file that changed in the last moments is not remembered: it may change again within one tick of its clock. Thread-safe, bounded.
/// </summary>
sealed class FileHashes
{
    const int Limit = 200_000,
        BufferSize = 128 << 10;
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<(uint, uint, ulong), Known> _known = new();

    /// <summary>32 bytes.</summary>
    internal byte[] Hash(SafeFileHandle held, FileStat stat)
    {
        if (
            _known.TryGetValue(stat.Identity, out var known)
            && known.Size == stat.Size
            && known.Modify == stat.Modify
            && known.Change == stat.Change
        )
            return known.Hash;
        var hash = Read(held, stat.Size);
        if (DateTimeOffset.UtcNow.ToUnixTimeSeconds() - stat.Change.Seconds > Settled.TotalSeconds)
            Remember(stat, hash);
        return hash;
    }

    void Remember(FileStat stat, byte[] hash)
    {
        if (_known.Count >= Limit)
            _known.Clear();
        _known[stat.Identity] = new Known(stat.Size, stat.Modify, stat.Change, hash);
    }

    static byte[] Read(SafeFileHandle held, long size)
    {
        using var file = SourceTree.Reopen(held);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Contexts have many files: a buffer for each would keep the collector busy.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(size, 1, BufferSize));
        try
        {
            for (long at = 0; ; )
            {
                var read = RandomAccess.Read(file, buffer, at);
                if (read == 0)
                    return hash.GetHashAndReset();
                hash.AppendData(buffer, 0, read);
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    readonly record struct Known(long Size, FileTime Modify, FileTime Change, byte[] Hash);
}
