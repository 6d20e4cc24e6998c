using Microsoft.Win32.SafeHandles;
using Pier.Build.Graph;

namespace Pier.Build.Solver;

/// <summary>Runs the processes of a build, isolated like containers.</summary>
public interface IStepRunner
{
    /// <summary>
    /// Runs a process over a tree to its end; the answer is its exit code. When it is cancelled every process of the step is dead before
    /// the task ends, and whatever it came with, nothing of the step is left: no process, mount, control group or network.
    /// </summary>
    Task<int> RunAsync(StepRun run, CancellationToken ct);
}

/// <summary>One process to run. The caller owns the handles and closes them afterwards.</summary>
public sealed record StepRun
{
    public required RunStep Step { get; init; }
    public required RunSettings Settings { get; init; }

    /// <summary>
    /// Makes a detached mount of the tree that the process changes, its owners as a user namespace (null: none) maps them. The run closes
    /// it.
    /// </summary>
    public required Func<SafeFileHandle?, SafeFileHandle> MountRoot { get; init; }

    /// <summary>Detached mounts by absolute destination; the places are there already.</summary>
    public required IReadOnlyDictionary<string, SafeFileHandle> Mounts { get; init; }

    /// <summary>The environment in full: the step's, and what secrets add.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Takes what the process writes: 1 for stdout or 2 for stderr, and bytes that are good until it returns.</summary>
    public required Action<int, ReadOnlyMemory<byte>> Output { get; init; }
}
