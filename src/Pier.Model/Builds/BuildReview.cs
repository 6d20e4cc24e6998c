namespace Pier.Model.Builds;

/// <summary>What a client may ask of a Dockerfile without building it.</summary>
public enum BuildQuestion
{
    /// <summary>What is wrong with it.</summary>
    Check,

    /// <summary>What its target takes: arguments, secrets, agents.</summary>
    Outline,

    /// <summary>Which stages can be built.</summary>
    Targets,
}

/// <summary>The answer: of outline, targets and warnings those that were asked for.</summary>
public sealed record BuildReview
{
    public required string FileName { get; init; }

    /// <summary>The whole file, in which the lines of the answer are counted.</summary>
    public required ReadOnlyMemory<byte> Text { get; init; }
    public IReadOnlyList<BuildWarningEvent> Warnings { get; init; } = [];

    /// <summary>Why it cannot be built; null where the check met nothing of that kind.</summary>
    public string? Error { get; init; }

    /// <summary>Where that is; null when it is nowhere in the file.</summary>
    public BuildFailure? ErrorPlace { get; init; }
    public BuildOutline? Outline { get; init; }
    public IReadOnlyList<BuildTarget> Targets { get; init; } = [];
}

/// <summary>What a target takes from the user. Descriptions are comments that begin with the name, right above.</summary>
public sealed record BuildOutline(
    string Target,
    string Description,
    IReadOnlyList<OutlineArgument> Arguments,
    IReadOnlyList<OutlineMount> Secrets,
    IReadOnlyList<OutlineMount> Agents
);

/// <summary>An ARG; the value is what it has in this build, or null.</summary>
public sealed record OutlineArgument(string Name, string Description, string? Value, int Line, int LastLine);

/// <summary>A secret or an ssh agent that a step mounts.</summary>
public sealed record OutlineMount(string Name, bool IsRequired, int Line, int LastLine);

/// <summary>A stage; the name is "" for one that has none.</summary>
public sealed record BuildTarget(string Name, bool IsDefault, string Base, string Description, int Line, int LastLine);
