using System.Text.Json;

namespace Pier.Store.Checking;

/// <summary>Every record can be read, and containers' directories, snapshots and records belong together.</summary>
sealed class RecordCheck(Layout layout)
{
    const string Containers = "containers",
        Volumes = "volumes";

    internal IEnumerable<Finding> Run() =>
        [.. Unreadable(), .. Strays(layout.Containers, Containers), .. Strays(layout.Volumes, Volumes), .. Snapshots()];

    IEnumerable<Finding> Unreadable()
    {
        if (!Directory.Exists(layout.AllRecords))
            yield break;
        foreach (var file in Directory.EnumerateFiles(layout.AllRecords, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (file.EndsWith(Layout.TornExtension, StringComparison.Ordinal))
                yield return new Finding(StoreCheck.Below(layout, file), "a record that could not be read was put aside here", null);
            else if (file.EndsWith(AtomicFile.TempSuffix, StringComparison.Ordinal))
                yield return new Finding(StoreCheck.Below(layout, file), "it was never finished", "removed", Harmless: true)
                {
                    Repair = () => File.Delete(file),
                };
            else if (Fault(file) is { } fault)
                yield return new Finding(StoreCheck.Below(layout, file), fault, "put aside when the root is opened");
        }
    }

    static string? Fault(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object ? null : "it is no record";
        }
        catch (JsonException e)
        {
            return $"it cannot be read: {e.Message}";
        }
    }

    // Data of users is only reported: a record may have been lost, and the data is what is left.
    IEnumerable<Finding> Strays(string directory, string kind) =>
        Directory.Exists(directory)
            ? Directory
                .GetDirectories(directory)
                .Order(StringComparer.Ordinal)
                .Where(d => !HasRecord(kind, Path.GetFileName(d)))
                .Select(d => new Finding(StoreCheck.Below(layout, d), "it has no record", null))
            : [];

    IEnumerable<Finding> Snapshots()
    {
        if (!Directory.Exists(layout.AllSnapshots))
            return [];
        return from driver in Directory.GetDirectories(layout.AllSnapshots).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)
            where Directory.Exists(layout.SnapshotContainers(driver))
            from snapshot in Directory.GetDirectories(layout.SnapshotContainers(driver)).Order(StringComparer.Ordinal)
            // "ID.0" stands behind an image mount of the container.
            where !HasRecord(Containers, Path.GetFileName(snapshot).Split('.')[0])
            select new Finding(StoreCheck.Below(layout, snapshot), "it has no record", null);
    }

    bool HasRecord(string kind, string name) => File.Exists(Path.Combine(layout.Records(kind), name + ".json"));
}
