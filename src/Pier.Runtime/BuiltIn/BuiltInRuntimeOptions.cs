namespace Pier.Runtime;

/// <summary>How the built-in runtime is set up.</summary>
public sealed record BuiltInRuntimeOptions
{
    /// <summary>The daemon's exec root; live facts are kept in "runtime" below it, and the supervisor's in "supervisor".</summary>
    public required string ExecRoot { get; init; }

    /// <summary>Command that "supervisor --exec-root DIR" is appended to; null for this program.</summary>
    public IReadOnlyList<string>? SupervisorCommand { get; init; }

    /// <summary>File that takes what the supervisor complains about; null for /dev/null.</summary>
    public string? SupervisorLog { get; init; }

    /// <summary>Parent of containers' control groups that name none.</summary>
    public string CgroupParent { get; init; } = "/pier";
}
