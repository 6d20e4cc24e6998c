namespace Pier.Model.Runtime;

/// <summary>A container as the OCI runtime specification 1.2 describes it (config.json of a bundle).</summary>
public sealed record Spec
{
    public string OciVersion { get; init; } = "1.2.0";
    public Process? Process { get; init; }
    public Root? Root { get; init; }
    public string? Hostname { get; init; }
    public string? Domainname { get; init; }
    public IReadOnlyList<Mount> Mounts { get; init; } = [];
    public Hooks? Hooks { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public LinuxConfig? Linux { get; init; }
}

/// <summary>The root file system: a path relative to the bundle or absolute.</summary>
public sealed record Root
{
    public string Path { get; init; } = "";
    public bool Readonly { get; init; }
}

/// <summary>A mount of the container, in the order in which they are made (config.md, "Mounts").</summary>
public sealed record Mount
{
    public string Destination { get; init; } = "";
    public string? Type { get; init; }
    public string? Source { get; init; }
    public IReadOnlyList<string> Options { get; init; } = [];
    public IReadOnlyList<IdMapping>? UidMappings { get; init; }
    public IReadOnlyList<IdMapping>? GidMappings { get; init; }
}
