using System.Collections.Concurrent;
using Pier.Model;

namespace Pier.Store.Snapshots;

public sealed partial class SnapshotStore
{
    // A committed layer does not change: it is measured once.
    readonly ConcurrentDictionary<Digest, long> _measured = [];

    /// <summary>Bytes and inodes that the container's own writable layer takes on disk.</summary>
    public DiskUsage Usage(string containerId) => Border.Cross(() => DiskUsage.Of(WritableDirectory(containerId)));

    /// <summary>Bytes that all of a container's snapshot takes on disk; 0 when it has none.</summary>
    public long SnapshotUsage(string containerId) => Border.Cross(() => DiskUsage.Of(_layout.ContainerSnapshot(_driver.Name, containerId)).Bytes);

    /// <summary>Bytes that a layer's directory takes on disk, without the layers below; 0 when it is not there.</summary>
    internal long LayerUsage(Digest chainId) =>
        Has(chainId) ? _measured.GetOrAdd(chainId, c => DiskUsage.Of(LayerDirectory(c)).Bytes) : 0;
}
