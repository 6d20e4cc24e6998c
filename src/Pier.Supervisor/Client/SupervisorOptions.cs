namespace Pier.Supervisor;

/// <summary>Where the supervisor lives and how it is started.</summary>
public sealed record SupervisorOptions
{
    /// <summary>The daemon's exec root; the supervisor's state is in "supervisor" below it.</summary>
    public required string ExecRoot { get; init; }

    /// <summary>
    /// Command that gets "supervisor --exec-root DIR" appended: the pier binary (or the runtime host and the assembly). Null: this
    /// program.
    /// </summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>File that takes what keeper and supervisor complain about; null for /dev/null.</summary>
    public string? ErrorLog { get; init; }

    /// <summary>How long a start may take.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
