using Microsoft.Win32.SafeHandles;
using Pier.Store.Tar;
using Pier.Store.Trees;

namespace Pier.Store.Snapshots;

public sealed partial class SnapshotStore
{
    /// <summary>What a container has now, read-only and without what is mounted in it, as a detached mount; also while it runs.</summary>
    public SafeFileHandle View(string containerId) =>
        Border.Cross(() =>
        {
            var parent = ParentOf(containerId);
            return _driver.View(Existing(containerId), EnsureMountPoints(parent));
        });

    /// <summary>What a container changed over its image, by path; also while it runs.</summary>
    public IReadOnlyList<TreeChange> Changes(string containerId) =>
        Border.Cross(() =>
        {
            var parent = ParentOf(containerId);
            return _driver.Changes(Existing(containerId), EnsureMountPoints(parent));
        });

    /// <summary>Writes what a container changed as an uncompressed layer; answers the bytes of its files.</summary>
    internal long WriteLayer(string containerId, Stream output, CancellationToken ct) =>
        Border.Cross(() =>
        {
            var parent = ParentOf(containerId);
            var tar = new TarWriter(output);
            _driver.WriteLayer(Existing(containerId), EnsureMountPoints(parent), tar, ct);
            return tar.Bytes;
        });
}
