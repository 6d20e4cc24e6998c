using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>One --mount: Docker Engine API "Mount". Type is bind, volume, tmpfs, image, npipe or cluster.</summary>
public sealed record MountRequest
{
    public string Target
    {
        get;
        init => field = value ?? "";
    } = "";
    public string Source
    {
        get;
        init => field = value ?? "";
    } = "";
    public string Type
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ReadOnly { get; init; }
    public string Consistency
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BindOptions? BindOptions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeOptions? VolumeOptions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageOptions? ImageOptions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TmpfsOptions? TmpfsOptions { get; init; }
}

/// <summary>Options of a bind mount; Propagation is one of [r]private, [r]shared, [r]slave.</summary>
public sealed record BindOptions
{
    public string Propagation
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NonRecursive { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CreateMountpoint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ReadOnlyNonRecursive { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ReadOnlyForceRecursive { get; init; }
}

/// <summary>Options of a volume mount.</summary>
public sealed record VolumeOptions
{
    public bool NoCopy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? Labels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeDriverConfig? DriverConfig { get; init; }
    public string Subpath
    {
        get;
        init => field = value ?? "";
    } = "";
}

/// <summary>A volume driver by name, with its options.</summary>
public sealed record VolumeDriverConfig
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? Options { get; init; }
}

/// <summary>Options of an image mount.</summary>
public sealed record ImageOptions
{
    public string Subpath
    {
        get;
        init => field = value ?? "";
    } = "";
}

/// <summary>Options of a tmpfs: size in bytes, mode as octal bits.</summary>
public sealed record TmpfsOptions
{
    public long SizeBytes { get; init; }
    public uint Mode { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[][]? Options { get; init; }
}

/// <summary>A mount as it is in force: Docker Engine API "MountPoint".</summary>
public sealed record MountPoint
{
    public string Type
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }
    public string Source
    {
        get;
        init => field = value ?? "";
    } = "";
    public string Destination
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Driver { get; init; }
    public string Mode
    {
        get;
        init => field = value ?? "";
    } = "";
    public bool RW { get; init; }
    public string Propagation
    {
        get;
        init => field = value ?? "";
    } = "";
}
