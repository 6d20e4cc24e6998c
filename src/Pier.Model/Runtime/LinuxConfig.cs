namespace Pier.Model.Runtime;

/// <summary>The Linux part of a spec (config-linux.md).</summary>
public sealed record LinuxConfig
{
    public IReadOnlyList<IdMapping>? UidMappings { get; init; }
    public IReadOnlyList<IdMapping>? GidMappings { get; init; }
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }
    public LinuxResources? Resources { get; init; }
    public string? CgroupsPath { get; init; }
    public IReadOnlyList<LinuxNamespace> Namespaces { get; init; } = [];
    public IReadOnlyList<LinuxDevice>? Devices { get; init; }
    public LinuxSeccomp? Seccomp { get; init; }
    public string? RootfsPropagation { get; init; }
    public IReadOnlyList<string>? MaskedPaths { get; init; }
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }
    public string? MountLabel { get; init; }
    public LinuxPersonality? Personality { get; init; }
}

/// <summary>
/// A range of ids: <see cref="Size"/> ids from <see cref="ContainerID"/> inside are those from <see cref="HostID"/> outside.
/// </summary>
public sealed record IdMapping
{
    public uint ContainerID { get; init; }
    public uint HostID { get; init; }
    public uint Size { get; init; }
}

/// <summary>
/// A namespace to make (no path) or to join; the type is "pid", "network", "mount", "ipc", "uts", "user", "cgroup" or "time".
/// </summary>
public sealed record LinuxNamespace
{
    public string Type { get; init; } = "";
    public string? Path { get; init; }
}

/// <summary>A device node; the type is "c", "b", "u" or "p".</summary>
public sealed record LinuxDevice
{
    public string Type { get; init; } = "";
    public string Path { get; init; } = "";
    public long Major { get; init; }
    public long Minor { get; init; }
    public uint? FileMode { get; init; }
    public uint? Uid { get; init; }
    public uint? Gid { get; init; }
}

/// <summary>The execution domain: "LINUX" or "LINUX32" (man 2 personality).</summary>
public sealed record LinuxPersonality
{
    public string Domain { get; init; } = "LINUX";
    public IReadOnlyList<string>? Flags { get; init; }
}
