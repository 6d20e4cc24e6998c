namespace Pier.Model.Runtime;

/// <summary>The process of a container or of an exec (config.md, "Process").</summary>
public sealed record Process
{
    public bool Terminal { get; init; }
    public ConsoleSize? ConsoleSize { get; init; }
    public User User { get; init; } = new();
    public IReadOnlyList<string> Args { get; init; } = [];
    public IReadOnlyList<string> Env { get; init; } = [];
    public string Cwd { get; init; } = "/";
    public CapabilitySets? Capabilities { get; init; }
    public IReadOnlyList<Rlimit>? Rlimits { get; init; }
    public bool NoNewPrivileges { get; init; }
    public string? ApparmorProfile { get; init; }
    public string? SelinuxLabel { get; init; }
    public int? OomScoreAdj { get; init; }
    public Scheduler? Scheduler { get; init; }
    public IoPriority? IoPriority { get; init; }
}

/// <summary>Rows and columns of the terminal.</summary>
public sealed record ConsoleSize
{
    public uint Height { get; init; }
    public uint Width { get; init; }
}

/// <summary>Numeric ids inside the container; names are resolved before (Pier.Runtime's UserResolver).</summary>
public sealed record User
{
    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public uint? Umask { get; init; }
    public IReadOnlyList<uint>? AdditionalGids { get; init; }
    public string? Username { get; init; }
}

/// <summary>Capability names ("CAP_CHOWN") by set (man 7 capabilities).</summary>
public sealed record CapabilitySets
{
    public IReadOnlyList<string>? Bounding { get; init; }
    public IReadOnlyList<string>? Effective { get; init; }
    public IReadOnlyList<string>? Inheritable { get; init; }
    public IReadOnlyList<string>? Permitted { get; init; }
    public IReadOnlyList<string>? Ambient { get; init; }
}

/// <summary>A resource limit; the type is "RLIMIT_NOFILE" and so on (man 2 getrlimit).</summary>
public sealed record Rlimit
{
    public string Type { get; init; } = "";
    public ulong Hard { get; init; }
    public ulong Soft { get; init; }
}

/// <summary>sched_setattr(2) parameters; the policy is "SCHED_OTHER", "SCHED_BATCH", ...</summary>
public sealed record Scheduler
{
    public string Policy { get; init; } = "";
    public int Nice { get; init; }
    public int Priority { get; init; }
    public IReadOnlyList<string>? Flags { get; init; }
    public ulong Runtime { get; init; }
    public ulong Deadline { get; init; }
    public ulong Period { get; init; }
}

/// <summary>ioprio_set(2) parameters; the class is "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE" or "IOPRIO_CLASS_IDLE".</summary>
public sealed record IoPriority
{
    public string Class { get; init; } = "";
    public int Priority { get; init; }
}
