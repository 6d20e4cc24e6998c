using Microsoft.Win32.SafeHandles;
using Pier.Engine.Health;
using Pier.Model;
using Pier.Network.Endpoints;

namespace Pier.Engine.Containers;

/// <summary>
/// A container while the engine runs: its record and its live state. Changes happen under <see cref="Gate"/>; reads see whole records.
/// </summary>
sealed class Container(ContainerRecord record)
{
    volatile ContainerRecord _record = record;
    volatile ContainerStatus _status = record.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited;
    volatile TaskCompletionSource _run = Completed();
    int _restarts;

    /// <summary>Held by whoever changes the container's state.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    public string Id => _record.Id;

    public ContainerRecord Record
    {
        get => _record;
        set => _record = value;
    }

    public ContainerStatus Status
    {
        get => _status;
        set => _status = value;
    }

    /// <summary>
    /// The status as clients see it. Between the two halves of a restart that somebody asked for it is no ended container: docker compose
    /// looks at whom it hears ending, and gives up those that are not coming back.
    /// </summary>
    public ContainerStatus ShownStatus =>
        Status == ContainerStatus.Exited && Volatile.Read(ref _restarts) > 0 ? ContainerStatus.Restarting : Status;

    /// <summary>A restart that somebody asked for, until <see cref="EndRestart"/>.</summary>
    public void BeginRestart() => Interlocked.Increment(ref _restarts);

    public void EndRestart() => Interlocked.Decrement(ref _restarts);

    /// <summary>0 when it does not run.</summary>
    public int Pid { get; set; }

    /// <summary>
    /// Keeps its root file system mounted while it runs, so that it is not the last to let go of it. Null when it runs since before the
    /// engine's start and could not be opened.
    /// </summary>
    public SafeFileHandle? Root { get; set; }

    /// <summary>Its place on the networks while it runs.</summary>
    public Sandbox? Sandbox { get; set; }

    /// <summary>Null without a health check, and before the first start.</summary>
    public HealthState? Health { get; set; }

    public ExitWaiters Waiters { get; } = new();

    /// <summary>Ids of execs that have not been forgotten.</summary>
    public ExecIds Execs { get; } = new();

    /// <summary>What the restart policy waited last; zero after a start by a user.</summary>
    public TimeSpan LastRestartDelay { get; set; }

    /// <summary>Cancels a pending restart of the restart policy.</summary>
    public CancellationTokenSource? PendingRestart { get; set; }

    public bool IsRunning => Status is ContainerStatus.Running or ContainerStatus.Paused;

    /// <summary>How it ended, or why it did not start.</summary>
    public ContainerExitStatus LastExit => new(Record.ExitCode, Record.Error.Length > 0 ? Record.Error : null);

    /// <summary>
    /// Who waited for the gate behind a removal finds nothing to change: a record written now would be a container that nobody made, and
    /// its name may be another's.
    /// </summary>
    public void RequireThere()
    {
        if (Status == ContainerStatus.Removing)
            throw new NotFoundException($"No such container: {Id}");
    }

    /// <summary>Completes when the current run has ended and its output is in the log.</summary>
    public Task RunEnded => _run.Task;

    public void RunBegins() => _run = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void RunEnds() => _run.TrySetResult();

    static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
