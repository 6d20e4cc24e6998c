using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store.Builds;

/// <summary>
/// SHA-256 of files' content. What was hashed once is known by inode, size and times, so that an unchanged tree is not read again. A file
/// that changed in the last moments is not remembered: it may change again within one tick of its clock. Thread-safe, bounded.
/// </summary>
sealed class FileHashes
{
    /// <summary>How many files are remembered.</summary>
    internal const int Limit = 200_000;

    const int BufferSize = 128 << 10;
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    readonly string? _file;
    readonly TimeProvider _time;
    readonly Lazy<ConcurrentDictionary<(uint, uint, ulong), KnownFile>> _known;
    volatile bool _changed;

    /// <summary>For as long as the process lives.</summary>
    internal FileHashes()
        : this(null, TimeProvider.System) { }

    /// <summary>Those that a file holds, which is read when the first one is asked for; see <see cref="Save"/>.</summary>
    internal FileHashes(string? file, TimeProvider time) => (_file, _time, _known) = (file, time, new(() => new(Read(file))));

    /// <summary>32 bytes.</summary>
    internal byte[] Hash(SafeFileHandle held, FileStat stat)
    {
        if (_known.Value.TryGetValue(stat.Identity, out var known) && known.Is(stat))
        {
            known.Age = 0;
            return known.Hash;
        }
        var hash = Read(held, stat.Size);
        if (_time.GetUtcNow().ToUnixTimeSeconds() - stat.Change.Seconds > Settled.TotalSeconds)
            Remember(stat, hash);
        return hash;
    }

    /// <summary>
    /// Replaces the file, when there is something new to write; <paramref name="temporary"/> is a name on the same file system. What cannot
    /// be written is hashed again after the next start.
    /// </summary>
    internal void Save(string temporary)
    {
        if (!_changed || _file is null)
            return;
        try
        {
            File.WriteAllBytes(temporary, KnownFiles.Write(_known.Value));
            File.Move(temporary, _file, overwrite: true);
            _changed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    void Remember(FileStat stat, byte[] hash)
    {
        // Of a file the oldest go when it is written.
        if (_known.Value.Count >= Limit && _file is null)
            _known.Value.Clear();
        if (_known.Value.Count < 2 * Limit)
            _known.Value[stat.Identity] = new KnownFile(stat.Size, stat.Modify, stat.Change, hash);
        _changed = true;
    }

    static Dictionary<(uint, uint, ulong), KnownFile> Read(string? file)
    {
        try
        {
            return file is null ? [] : KnownFiles.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
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
}
