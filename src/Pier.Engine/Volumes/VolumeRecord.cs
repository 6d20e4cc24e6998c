namespace Pier.Engine.Volumes;

/// <summary>What the store keeps of a volume. Who uses it is never stored: that follows from the containers' records.</summary>
public sealed record VolumeRecord
{
    public required string Name { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>"local", or the name of the plugin that keeps it.</summary>
    public string Driver
    {
        get;
        init => field = value ?? "local";
    } = "local";
    public Dictionary<string, string> Labels { get; init; } = [];

    /// <summary>The driver's options as asked; the local driver's are type, device, o.</summary>
    public Dictionary<string, string> Options { get; init; } = [];

    /// <summary>Docker's mark of a volume that nobody named.</summary>
    public const string AnonymousLabel = "com.docker.volume.anonymous";

    public bool IsAnonymous => Labels.ContainsKey(AnonymousLabel);

    /// <summary>Whether a file system is mounted over the directory while the volume is used.</summary>
    public bool IsMounted => Options.ContainsKey("device") || Options.ContainsKey("type");
}

/// <summary>
/// A volume as it is: its record, where its content lies, and, where asked for, bytes on disk and how many containers use it.
/// </summary>
public sealed record VolumeView(VolumeRecord Record, string Mountpoint, long? Size = null, int? References = null)
{
    public string Scope { get; init; } = "local";

    /// <summary>What a plugin says of it; null where it says nothing.</summary>
    public IReadOnlyDictionary<string, string>? Status { get; init; }
}

/// <summary>A volume to create. Name null or empty makes an anonymous one; Driver empty means local.</summary>
public sealed record CreateVolume(
    string? Name,
    string Driver,
    IReadOnlyDictionary<string, string>? Options,
    IReadOnlyDictionary<string, string>? Labels
);
