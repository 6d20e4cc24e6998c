using Pier.Store.Content;

namespace Pier.Store.Checking;

/// <summary>
/// Looks through a data root that no daemon uses: blobs' digests, what images need, unpacked layers file by file, containers' snapshots,
/// records, leftovers. Changes nothing unless it is asked to repair: then what is broken goes, so that what can be rebuilt from blobs is
/// rebuilt when the root is opened next.
/// </summary>
public sealed class StoreCheck : IDisposable
{
    readonly Layout _layout;
    readonly RootLock _lock;

    StoreCheck(Layout layout) => (_layout, _lock) = (layout, RootLock.Take(layout));

    /// <summary>
    /// Throws <see cref="Model.ConflictException"/> while a daemon has the root, <see cref="Model.NotFoundException"/> where there is none.
    /// </summary>
    public static StoreCheck Open(string root) =>
        Border.Cross(() =>
        {
            var layout = new Layout(root);
            return File.Exists(layout.ImageIndex)
                ? new StoreCheck(layout)
                : throw new Model.NotFoundException($"{layout.Root} is no data root of pier: it has no {Below(layout, layout.ImageIndex)}");
        });

    /// <summary>Everything that was found, in the order in which a repair has to go.</summary>
    public IReadOnlyList<Finding> Verify(CancellationToken ct = default) =>
        Border.Cross<IReadOnlyList<Finding>>(() =>
        {
            var blobs = new BlobCheck(_layout).Run(ct);
            var images = new ImageCheck(_layout, blobs.Good).Run();
            new BuildCheck(_layout, blobs.Good).Run(images);
            var layers = new LayerCheck(_layout, images, blobs.Good).Run(ct);
            return
            [
                .. blobs.Findings,
                .. images.Findings,
                .. layers.Findings,
                .. new RecordCheck(_layout).Run(),
                .. new LeftoverCheck(_layout).Run(),
                .. blobs.Good.Keys.Where(b => !images.Blobs.Contains(b)).Select(b => Orphan(_layout.Blob(b))),
            ];
        });

    /// <summary>Carries out what can be; answers what it did nothing about.</summary>
    public IReadOnlyList<Finding> Repair(IReadOnlyList<Finding> findings) =>
        Border.Cross<IReadOnlyList<Finding>>(() =>
        {
            foreach (var finding in findings)
                finding.Repair?.Invoke();
            return [.. findings.Where(f => f.Repair is null)];
        });

    Finding Orphan(string path) =>
        new(Below(_layout, path), "no image needs it", "removed", Harmless: true) { Repair = () => File.Delete(path) };

    internal static string Below(Layout layout, string path) => Path.GetRelativePath(layout.Root, path);

    public void Dispose() => _lock.Dispose();
}
