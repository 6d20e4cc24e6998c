using System.Text.Json;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Store.Checking;

/// <summary>What the builds' cache needs beside the images; a step whose layers are not all there is forgotten.</summary>
sealed class BuildCheck(Layout layout, IReadOnlyDictionary<Digest, long> blobs)
{
    /// <summary>Adds to what images need.</summary>
    internal void Run(ImageReport needed)
    {
        var directory = layout.Records("build-cache");
        if (!Directory.Exists(directory)) return;
        foreach (var file in Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal))
        {
            if (Read(file) is not { } record) continue;
            if (record.Layers.FirstOrDefault(l => !blobs.ContainsKey(l.Blob.Digest)) is { } lost)
            {
                needed.Findings.Add(new Finding(
                    StoreCheck.Below(layout, file), $"a cached build step lacks its layer {lost.Blob.Digest}", "forgotten: the step runs again")
                { Repair = () => File.Delete(file) });
                continue;
            }
            var chains = ChainId.Prefixes([.. record.Layers.Select(l => l.DiffId)]);
            for (var i = 0; i < chains.Count; i++)
            {
                needed.Blobs.Add(record.Layers[i].Blob.Digest);
                needed.Layers[chains[i]] = (record.Layers[i].Blob.Digest, record.Layers[i].DiffId);
            }
        }
    }

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
