using System.Collections.Concurrent;
using Pier.Linux.Files;
using Pier.Model;

namespace Pier.Store.Snapshots;

public sealed partial class SnapshotStore
{
    // A committed layer does not change: it is measured once.
    readonly ConcurrentDictionary<Digest, long> _measured = [];

    /// <summary>Whether a container can be held to a size here.</summary>
    public bool HasQuotas => Border.Cross(() => _quotas.Below(_layout.SnapshotContainers(_driver.Name)) is not null);

    // Where the driver's tree is a subvolume, that one bears the limit; otherwise the directory that all of it lies in.
    bool TryMakeContainer(string directory, long? limit)
    {
        const uint mode = 0x1C8; // 0710
        if (limit is not { } bytes || _driver.TreesAreSubvolumes)
            return At.TryMakeDirectory(At.WorkingDirectory, directory, mode);
        var quota =
            _quotas.Below(_layout.SnapshotContainers(_driver.Name)) ?? throw new UnsupportedException("the file system has no quotas");
        return quota.TryMakeDirectory(directory, mode, bytes);
    }

    /// <summary>Bytes and inodes that the container's own writable layer takes on disk.</summary>
    public DiskUsage Usage(string containerId) => Border.Cross(() => DiskUsage.Of(WritableDirectory(containerId)));

    /// <summary>Bytes that all of a container's snapshot takes on disk; 0 when it has none.</summary>
    public long SnapshotUsage(string containerId) =>
        Border.Cross(() => DiskUsage.Of(_layout.ContainerSnapshot(_driver.Name, containerId)).Bytes);

    /// <summary>Bytes that a layer's directory takes on disk, without the layers below; 0 when it is not there.</summary>
    internal long LayerUsage(Digest chainId)
    {
        _coming.Settle(chainId);
        lock (_gate)
        {
            if (!_layers.ContainsKey(chainId))
                return 0;
        }
        return _measured.GetOrAdd(chainId, c => DiskUsage.Of(LayerDirectory(c)).Bytes);
    }
}
