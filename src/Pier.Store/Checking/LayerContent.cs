using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Checking;

/// <summary>Compares the files of an unpacked layer with the tar that they came from.</summary>
static class LayerContent
{
    /// <summary>What differs first, or null.</summary>
    internal static string? Difference(string blob, string diff, CancellationToken ct)
    {
        using var root = At.Open(At.WorkingDirectory, diff, OpenFlags.Directory | OpenFlags.NoFollow);
        foreach (var (path, (size, hash)) in Files(blob, ct))
        {
            if (FileDifference(root, path, size, hash) is { } difference)
                return $"{ArchivePath.Quote(path)} {difference}";
        }
        return null;
    }

    // Later entries win, as when unpacking. What is below a name that a later entry replaced is not looked for.
    static Dictionary<string, (long Size, string Hash)> Files(string blob, CancellationToken ct)
    {
        var files = new Dictionary<string, (long, string)>(StringComparer.Ordinal);
        using var tar = Decompression.Open(File.OpenRead(blob));
        var reader = new TarReader(tar);
        while (reader.Next() is { } entry)
        {
            ct.ThrowIfCancellationRequested();
            var parts = ArchivePath.Parts(entry.Name);
            if (parts.Length == 0 || Array.Exists(parts, p => p.StartsWith(".wh.", StringComparison.Ordinal)))
                continue;
            var path = string.Join('/', parts);
            if (entry.Kind != TarKind.Directory)
                Forget(files, path);
            if (entry is { Kind: TarKind.Regular, Sparse: null })
                files[path] = (entry.Size, Hash(reader));
            else if (
                entry.Kind == TarKind.HardLink
                && ArchivePath.TryParts(entry.LinkName, out var target)
                && files.TryGetValue(string.Join('/', target), out var linked)
            )
                files[path] = linked;
        }
        return files;
    }

    static void Forget(Dictionary<string, (long, string)> files, string path)
    {
        if (!files.Remove(path))
            foreach (var below in files.Keys.Where(k => k.StartsWith(path + "/", StringComparison.Ordinal)).ToArray())
                files.Remove(below);
    }

    static string? FileDifference(SafeFileHandle root, string path, long size, string hash)
    {
        try
        {
            using var file = At.OpenIn(root, path, OpenFlags.ReadOnly | OpenFlags.NoFollow, Resolve.InRoot | Resolve.NoMagicLinks);
            var stat = FileStat.Of(file);
            if (!stat.IsRegular)
                return "is no file";
            if (stat.Size != size)
                return $"has {stat.Size} bytes, expected {size}";
            using var stream = new FileStream(file, FileAccess.Read);
            return Convert.ToHexStringLower(SHA256.HashData(stream)) == hash ? null : "has other content";
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return "is missing";
        }
    }

    static string Hash(TarReader reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        for (int read; (read = reader.Read(buffer)) > 0; )
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
