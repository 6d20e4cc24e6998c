using System.Text.Json;
using Pier.Linux;
using Pier.Model;
using Pier.Store.Snapshots;

namespace Pier.Store.Checking;

/// <summary>What is wrong with unpacked layers and containers' snapshots, of every driver.</summary>
sealed record LayerReport(IReadOnlyList<Finding> Findings);

/// <summary>Checks each layer's record against its name and its parent, and its files against the blob that they came from.</summary>
sealed class LayerCheck(Layout layout, ImageReport images, IReadOnlyDictionary<Digest, long> blobs)
{
    readonly List<Finding> _findings = [];

    internal LayerReport Run(CancellationToken ct)
    {
        if (!Directory.Exists(layout.AllSnapshots))
            return new LayerReport([]);
        foreach (
            var driver in Directory.GetDirectories(layout.AllSnapshots).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)
        )
            RunDriver(driver, ct);
        return new LayerReport(_findings);
    }

    void RunDriver(string driver, CancellationToken ct)
    {
        var records = Records(driver);
        var used = Used(driver, records);
        foreach (var (chain, record) in records)
        {
            ct.ThrowIfCancellationRequested();
            var directory = layout.Layer(driver, chain);
            if (record.Parent is { } parent && !records.ContainsKey(parent))
                Broken(driver, directory, $"the layer below, {parent}, is missing");
            else if (!Directory.Exists(Path.Combine(directory, "diff")))
                Broken(driver, directory, "it has no files");
            else if (!used.Contains(chain))
                Leftover(driver, directory);
            else if (images.Layers.TryGetValue(chain, out var source) && blobs.ContainsKey(source.Blob))
                Compare(driver, directory, source.Blob, ct);
        }
    }

    Dictionary<Digest, LayerRecord> Records(string driver)
    {
        var records = new Dictionary<Digest, LayerRecord>();
        if (!Directory.Exists(layout.SnapshotLayers(driver)))
            return records;
        foreach (var directory in Directory.GetDirectories(layout.SnapshotLayers(driver)).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(directory) == SnapshotStore.Scratch)
                continue;
            try
            {
                var record = LayerSync.Read(directory);
                if (record.ChainId.Hex != Path.GetFileName(directory))
                    Broken(driver, directory, $"its record is that of {record.ChainId}");
                else if (ChainId.Of(record.Parent, record.DiffId) != record.ChainId)
                    Broken(driver, directory, "its record does not fit its name");
                else
                    records[record.ChainId] = record;
            }
            catch (Exception e) when (e is JsonException or IOException)
            {
                Broken(driver, directory, $"its record cannot be read: {e.Message}");
            }
        }
        return records;
    }

    // What images and containers stand on; a container on a layer that is not there is an error of its own.
    HashSet<Digest> Used(string driver, Dictionary<Digest, LayerRecord> records)
    {
        var used = new HashSet<Digest>(images.Layers.Keys);
        if (!Directory.Exists(layout.SnapshotContainers(driver)))
            return used;
        foreach (var directory in Directory.GetDirectories(layout.SnapshotContainers(driver)).Order(StringComparer.Ordinal))
        {
            if (!Digest.TryParse(new FileInfo(Path.Combine(directory, SnapshotStore.ParentLink)).LinkTarget, out var parent))
                continue;
            if (!records.ContainsKey(parent) && !images.Layers.ContainsKey(parent))
                _findings.Add(new Finding(StoreCheck.Below(layout, directory), $"the layer below, {parent}, is missing", null));
            for (Digest? chain = parent; chain is { } c && used.Add(c); chain = records.GetValueOrDefault(c)?.Parent) { }
        }
        return used;
    }

    void Compare(string driver, string directory, Digest blob, CancellationToken ct)
    {
        try
        {
            if (LayerContent.Difference(layout.Blob(blob), Path.Combine(directory, "diff"), ct) is { } difference)
                Broken(driver, directory, difference);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnsupportedException)
        {
            _findings.Add(new Finding(StoreCheck.Below(layout, directory), $"it cannot be compared with its blob: {e.Message}", null));
        }
    }

    // Rebuilt when the root is opened: every image whose layers are not all there is unpacked again.
    void Broken(string driver, string directory, string problem) =>
        _findings.Add(
            new Finding(StoreCheck.Below(layout, directory), problem, "removed, and unpacked again from its blob")
            {
                Repair = () => Discard(driver, directory),
            }
        );

    void Leftover(string driver, string directory) =>
        _findings.Add(
            new Finding(StoreCheck.Below(layout, directory), "neither an image nor a container needs it", "removed", Harmless: true)
            {
                Repair = () => Discard(driver, directory),
            }
        );

    // Staging is emptied, in the way that the driver needs, when the root is opened.
    void Discard(string driver, string directory)
    {
        Directory.CreateDirectory(layout.SnapshotStaging(driver));
        Directory.Move(directory, Path.Combine(layout.SnapshotStaging(driver), Guid.NewGuid().ToString("N")));
    }
}
