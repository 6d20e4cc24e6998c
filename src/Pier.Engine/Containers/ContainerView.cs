using Pier.Engine.Health;

namespace Pier.Engine.Containers;

/// <summary>A container's state as the API names it.</summary>
public enum ContainerStatus
{
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
}

/// <summary>An immutable look at a container: its record and its live state at one moment.</summary>
/// <param name="Record">What the store keeps.</param>
/// <param name="Status">Live status.</param>
/// <param name="Pid">The init process in the daemon's pid namespace; 0 when not running.</param>
/// <param name="Network">Its place in its network while it runs, or null.</param>
/// <param name="ExecIds">Running execs.</param>
public sealed record ContainerView(
    ContainerRecord Record,
    ContainerStatus Status,
    int Pid,
    NetworkAttachment? Network,
    IReadOnlyList<string> ExecIds
)
{
    /// <summary>Null without a health check, and before the first start.</summary>
    public HealthView? Health { get; init; }

    /// <summary>Where the json-file log is.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>
    /// Files that Pier mounts into the container, and the snapshot's directories by Docker's names (LowerDir, UpperDir, WorkDir,
    /// MergedDir).
    /// </summary>
    public string HostnamePath { get; init; } = "";
    public string HostsPath { get; init; } = "";
    public string ResolvConfPath { get; init; } = "";
    public IReadOnlyDictionary<string, string> SnapshotData { get; init; } = new Dictionary<string, string>();

    /// <summary>What of /proc and /sys it does not see, or sees read-only; null for all and everything writable.</summary>
    public string[]? MaskedPaths { get; init; }
    public string[]? ReadonlyPaths { get; init; }

    /// <summary>"" where the host has no AppArmor.</summary>
    public string AppArmorProfile { get; init; } = "";

    /// <summary>Bytes in the writable layer and in all layers; null unless asked for.</summary>
    public long? SizeRw { get; init; }
    public long? SizeRootFs { get; init; }
}
