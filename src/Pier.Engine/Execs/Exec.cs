using Pier.Engine.Containers;

namespace Pier.Engine.Execs;

/// <summary>An exec while the engine runs. Execs are not stored: a restarted engine does not know them, as Docker's does not.</summary>
sealed class Exec(string id, Container container, ExecConfig config)
{
    public string Id { get; } = id;
    public Container Container { get; } = container;
    public ExecConfig Config { get; } = config;
    public ExecPhase Phase { get; set; }
    public int Pid { get; set; }
    public int? ExitCode { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public Lock Lock { get; } = new();

    /// <summary>Completes when the exit code is known.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

enum ExecPhase
{
    Created,
    Starting,
    Running,
    Ended,
}
