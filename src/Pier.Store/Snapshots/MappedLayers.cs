using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Linux.Mounts;

namespace Pier.Store.Snapshots;

/// <summary>
/// Directories of layers seen through the id mapping of a user namespace, as detached mounts that are named by their descriptors.
/// </summary>
sealed class MappedLayers(SafeFileHandle idMap) : IDisposable
{
    readonly List<SafeFileHandle> _mounts = [];

    /// <summary>The path that was given last.</summary>
    public string Last { get; private set; } = "";

    /// <summary>A path by which the mapped directory is found until disposal.</summary>
    public string Map(string directory)
    {
        _mounts.Add(DetachedMount.Bind(directory, recursive: false));
        DetachedMount.SetAttributes(_mounts[^1], 0, idMap: idMap);
        return Last = At.FdPath(_mounts[^1]);
    }

    public void Dispose()
    {
        foreach (var mount in _mounts)
            mount.Dispose();
    }
}
