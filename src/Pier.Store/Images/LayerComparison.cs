using System.Security.Cryptography;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Images;

/// <summary>Whether two layers change a tree in the same way, but for the times of files.</summary>
static class LayerComparison
{
    public static bool AreAlike(Stream one, Stream other)
    {
        var (first, second) = (Read(one), Read(other));
        foreach (var (path, file) in first)
            if (second.Remove(path, out var there) ? file != there : !IsMentioned(path, file, first))
                return false;
        return second.All(left => IsMentioned(left.Key, left.Value, second));
    }

    // A directory that only leads to something else may stand in a layer or not.
    static bool IsMentioned(string path, string file, IReadOnlyDictionary<string, string> layer) =>
        file.StartsWith(nameof(TarKind.Directory), StringComparison.Ordinal)
        && layer.Keys.Any(k => k != path && k.StartsWith(path.Length == 0 ? "" : path + "/", StringComparison.Ordinal));

    static Dictionary<string, string> Read(Stream blob)
    {
        using var plain = Decompression.Open(blob);
        var (tar, files) = (new TarReader(plain), new Dictionary<string, string>(StringComparer.Ordinal));
        while (tar.Next() is { } entry)
        {
            var path = string.Join('/', entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != "."));
            var attributes = string.Join(
                ',',
                (entry.Xattrs ?? new Dictionary<string, byte[]>())
                    .OrderBy(x => x.Key, StringComparer.Ordinal)
                    .Select(x => $"{x.Key}={Convert.ToHexString(x.Value)}")
            );
            var link = entry.Kind == TarKind.HardLink ? entry.LinkName.TrimStart('.', '/') : entry.LinkName;
            files[path] =
                $"{entry.Kind} {entry.Mode} {entry.Uid} {entry.Gid} {entry.Size} {entry.DeviceMajor} {entry.DeviceMinor} {attributes} {link} {Content(tar)}";
        }
        return files;
    }

    static string Content(TarReader tar)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        for (int read; (read = tar.Read(buffer)) > 0; )
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
