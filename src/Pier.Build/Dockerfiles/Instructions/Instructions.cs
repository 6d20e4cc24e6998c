using Pier.Build.Dockerfiles.Lines;

namespace Pier.Build.Dockerfiles.Instructions;

/// <summary>FROM [--platform=P] image [AS name].</summary>
public sealed record FromInstruction : Instruction
{
    public required string Image { get; init; }
    public string? Platform { get; init; }

    /// <summary>The stage's name in lower case, or null; and as it is written.</summary>
    public string? StageName { get; init; }
    public string? WrittenStageName { get; init; }

    /// <summary>"AS" as it is written, or null.</summary>
    public string? WrittenAs { get; init; }
}

/// <summary>ARG, before the first FROM as well.</summary>
public sealed record ArgInstruction : Instruction
{
    public required IReadOnlyList<Declaration> Arguments { get; init; }
}

public sealed record RunInstruction : Instruction
{
    public required CommandForm Command { get; init; }
    public IReadOnlyList<MountOptions> Mounts { get; init; } = [];
    public string? Network { get; init; }
    public string? Security { get; init; }
    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];
}

/// <summary>COPY and ADD.</summary>
public sealed record CopyInstruction : Instruction
{
    /// <summary>Paths, patterns, or for ADD addresses; here-documents are not among them.</summary>
    public required IReadOnlyList<string> Sources { get; init; }
    public required string Destination { get; init; }
    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];
    public string? From { get; init; }
    public string? Owner { get; init; }
    public string? Mode { get; init; }
    public bool Link { get; init; }
    public bool Parents { get; init; }
    public IReadOnlyList<string> Excludes { get; init; } = [];
    public string? Checksum { get; init; }
    public bool? KeepGitDirectory { get; init; }
    public bool? Unpack { get; init; }

    public bool IsAdd => Word == "ADD";
}

public sealed record CmdInstruction : Instruction
{
    public required CommandForm Command { get; init; }
}

public sealed record EntrypointInstruction : Instruction
{
    public required CommandForm Command { get; init; }
}

public sealed record ShellInstruction : Instruction
{
    public required IReadOnlyList<string> Shell { get; init; }
}

public sealed record EnvInstruction : Instruction
{
    public required IReadOnlyList<Pair> Pairs { get; init; }

    /// <summary>ENV name value, the form of old days.</summary>
    public bool IsLegacyForm { get; init; }
}

public sealed record LabelInstruction : Instruction
{
    public required IReadOnlyList<Pair> Pairs { get; init; }
    public bool IsLegacyForm { get; init; }
}

public sealed record MaintainerInstruction : Instruction
{
    public required string Name { get; init; }
}

public sealed record ExposeInstruction : Instruction
{
    public required IReadOnlyList<string> Ports { get; init; }
}

public sealed record VolumeInstruction : Instruction
{
    public required IReadOnlyList<string> Paths { get; init; }
}

public sealed record UserInstruction : Instruction
{
    public required string User { get; init; }
}

public sealed record WorkdirInstruction : Instruction
{
    public required string Path { get; init; }
}

public sealed record StopSignalInstruction : Instruction
{
    public required string Signal { get; init; }
}

/// <summary>ONBUILD: an instruction for the builds that stand on this image.</summary>
public sealed record OnbuildInstruction : Instruction
{
    public required string Trigger { get; init; }
}

/// <summary>HEALTHCHECK; times in nanoseconds, 0 where they are not given.</summary>
public sealed record HealthcheckInstruction : Instruction
{
    /// <summary>Null for HEALTHCHECK NONE.</summary>
    public CommandForm? Command { get; init; }
    public long Interval { get; init; }
    public long Timeout { get; init; }
    public long StartPeriod { get; init; }
    public long StartInterval { get; init; }
    public int Retries { get; init; }
}
