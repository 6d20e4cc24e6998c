using System.Security.Cryptography;
using System.Text.Json;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Store.Checking;

/// <summary>
/// What the builds' cache needs beside the images. A step without its layers' blobs, a download without its files or with others is
/// forgotten; unpacked layers come from the blobs again when a build wants them.
/// </summary>
sealed class BuildCheck(Layout layout, IReadOnlyDictionary<Digest, long> blobs)
{
    readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    readonly List<Finding> _findings = [];

    /// <summary>Adds to what images need.</summary>
    internal void Run(ImageReport needed)
    {
        var directory = layout.Records("build-cache");
        foreach (var file in Files(directory))
        {
            if (Read(file) is not { } record)
                continue;
            if (BuildCacheStore.DirectoryOf(layout, record) is { } own)
                _directories.Add(own);
            if (Fault(record) is { } fault)
                Forgotten(file, fault);
            else
                Need(record, needed);
        }
        var homes = ((string[])[layout.BuildTrees, layout.BuildCaches]).Concat(Directories(layout.BuildContexts)).SelectMany(Directories);
        _findings.AddRange(
            homes
                .Where(d => !_directories.Contains(d))
                .Select(d => new Finding(
                    StoreCheck.Below(layout, d),
                    "no record of the build cache knows it",
                    "removed when the root is opened",
                    Harmless: true
                ))
        );
        needed.Findings.AddRange(_findings);
    }

    string? Fault(BuildCacheRecord record)
    {
        if (record.Layers.FirstOrDefault(l => !blobs.ContainsKey(l.Blob.Digest)) is { } lost)
            return $"a cached build step lacks its layer {lost.Blob.Digest}";
        if (BuildCacheStore.DirectoryOf(layout, record) is not { } directory)
            return null;
        // Copies of clients' directories hold for one boot: that it has ended is no fault, and the next start forgets them.
        if (!Directory.Exists(directory))
            return record.Context is null ? $"\"{record.Description}\" lacks its files" : null;
        return record.Validators?.GetValueOrDefault("digest") is { } digest && !IsContent(directory, digest)
            ? $"\"{record.Description}\" has other content than was downloaded"
            : null;
    }

    // A download is one file.
    static bool IsContent(string directory, string digest)
    {
        if (Directory.GetFiles(directory) is not [var only])
            return false;
        using var content = File.OpenRead(only);
        return digest == "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
    }

    static void Need(BuildCacheRecord record, ImageReport needed)
    {
        var chains = ChainId.Prefixes([.. record.Layers.Select(l => l.DiffId)]);
        for (var i = 0; i < chains.Count; i++)
        {
            needed.Blobs.Add(record.Layers[i].Blob.Digest);
            needed.Layers[chains[i]] = (record.Layers[i].Blob.Digest, record.Layers[i].DiffId);
        }
    }

    void Forgotten(string file, string fault) =>
        _findings.Add(
            new Finding(StoreCheck.Below(layout, file), fault, "forgotten: the step runs again") { Repair = () => File.Delete(file) }
        );

    static IEnumerable<string> Files(string directory) =>
        Directory.Exists(directory) ? Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal) : [];

    static IEnumerable<string> Directories(string directory) =>
        Directory.Exists(directory) ? Directory.GetDirectories(directory).Order(StringComparer.Ordinal) : [];

    // One that cannot be read is the record check's finding.
    static BuildCacheRecord? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), BuildJson.Default.BuildCacheRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
