using Microsoft.Win32.SafeHandles;
using Pier.Model;

namespace Pier.Store.Snapshots;

/// <summary>Root file systems: shared, read-only layers by chain id, and a writable snapshot a container. Thread-safe.</summary>
public sealed class SnapshotStore
{
    /// <summary>"overlay" or "vfs".</summary>
    public string DriverName => throw new NotImplementedException();

    /// <summary>Facts for `info`: ("Backing Filesystem", "extfs") and the like.</summary>
    public IReadOnlyList<(string Name, string Value)> DriverStatus => throw new NotImplementedException();

    /// <summary>Whether a stack of layers is unpacked.</summary>
    public bool Has(Digest chainId) => throw new NotImplementedException();

    /// <summary>Makes a container's writable snapshot over a stack of layers (null: over nothing), with Docker's mount points in it.</summary>
    public void Prepare(string containerId, Digest? chainId) => throw new NotImplementedException();

    /// <summary>
    /// Mounts a container's snapshot, detached: the fd is the root of the mount, for openat, move_mount and launch programs. Closing the last
    /// fd of a mount that was never attached unmounts it.
    /// </summary>
    public SafeFileHandle Mount(string containerId, bool readOnly = false) => throw new NotImplementedException();

    /// <summary>Removes a container's snapshot; false when there is none. Returns at once, the deletion goes on in the background.</summary>
    public bool Remove(string containerId) => throw new NotImplementedException();

    /// <summary>The ids of containers that have a snapshot, for reconciling at start.</summary>
    public IReadOnlyList<string> Containers() => throw new NotImplementedException();

    /// <summary>inspect's GraphDriver.Data: LowerDir, UpperDir, WorkDir (overlay) or Dir (vfs).</summary>
    public IReadOnlyDictionary<string, string> Data(string containerId) => throw new NotImplementedException();

    /// <summary>Bytes and inodes that the container's own writable layer takes on disk.</summary>
    public DiskUsage Usage(string containerId) => throw new NotImplementedException();

    /// <summary>Bytes of one unpacked layer without the layers below; 0 when it is not there.</summary>
    public long LayerSize(Digest chainId) => throw new NotImplementedException();
}

/// <summary>What a tree takes: bytes allocated (a hard-linked file counts once), and inodes.</summary>
public readonly record struct DiskUsage(long Bytes, long Inodes);
