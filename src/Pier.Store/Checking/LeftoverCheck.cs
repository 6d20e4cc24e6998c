namespace Pier.Store.Checking;

/// <summary>What was under way when the root was left: harmless, and gone at the next start.</summary>
sealed class LeftoverCheck(Layout layout)
{
    internal IEnumerable<Finding> Run() =>
        [
            .. Of(layout.Ingest, "the start of a blob"),
            .. Of(layout.Spool, "a part of an archive"),
            .. Of(layout.Trash, "something deleted"),
            .. Drivers().SelectMany(d => Of(layout.SnapshotStaging(d), "a layer that was being unpacked")),
        ];

    IEnumerable<string> Drivers() =>
        Directory.Exists(layout.AllSnapshots) ? Directory.GetDirectories(layout.AllSnapshots).Select(d => Path.GetFileName(d)!) : [];

    IEnumerable<Finding> Of(string directory, string what) =>
        Directory.Exists(directory)
            ? Directory
                .GetFileSystemEntries(directory)
                .Order(StringComparer.Ordinal)
                .Select(e => new Finding(
                    StoreCheck.Below(layout, e),
                    $"{what} is left",
                    "removed when the root is opened, or used by the next pull",
                    Harmless: true
                ))
            : [];
}
