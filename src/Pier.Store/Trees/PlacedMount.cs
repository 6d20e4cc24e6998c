using Microsoft.Win32.SafeHandles;

namespace Pier.Store.Trees;

/// <summary>What lies at a place of a container's tree beside its snapshot: a detached mount, or else a path of the host.</summary>
public sealed record PlacedMount(string Destination, string Source, SafeFileHandle? Mount)
{
    public bool ReadOnly { get; init; }

    /// <summary>With the mounts below the source.</summary>
    public bool Recursive { get; init; } = true;
}
