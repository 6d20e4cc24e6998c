namespace Pier.Engine.Mounts;

/// <summary>What a container's record keeps of a mount beside what inspect shows.</summary>
public sealed record MountDetail
{
    /// <summary>A relative path inside the volume or image, or empty for all of it.</summary>
    public string Subpath { get; init; } = "";

    /// <summary>Without the mounts below the source.</summary>
    public bool NonRecursive { get; init; }

    /// <summary>Read-only on top, with mounts below left as they are.</summary>
    public bool ReadOnlyNonRecursive { get; init; }

    /// <summary>A volume that nobody named: it goes with the container where that is asked for.</summary>
    public bool Anonymous { get; init; }
}
