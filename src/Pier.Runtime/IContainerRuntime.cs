using Microsoft.Win32.SafeHandles;
using Pier.Model.Runtime;

namespace Pier.Runtime;

/// <summary>
/// Runs containers and what is executed in them. A key names one process entry: a container's id for its first process, the exec's id
/// for an exec. Errors are the EngineException family; a process that could not be started is a StartFailedException with Docker's exit
/// code.
/// </summary>
public interface IContainerRuntime : IAsyncDisposable
{
    /// <summary>The name that `--runtime` takes.</summary>
    string Name { get; }

    /// <summary>Starts a container's first process; returns when it has been exec'd.</summary>
    Task<StartedProcess> StartAsync(StartContainer request, CancellationToken cancellation);

    /// <summary>Starts another process inside a running container; returns when it has been exec'd.</summary>
    Task<StartedProcess> ExecAsync(StartExec request, CancellationToken cancellation);

    /// <summary>
    /// A connection to a process's stdio: Docker's multiplexed frames, or raw bytes of a tty; what is written goes to its stdin. It may be
    /// asked for before the key is started, and then sees the first byte.
    /// </summary>
    Task<Stream> AttachAsync(string key, AttachOptions options, CancellationToken cancellation);

    /// <summary>The size of the key's terminal.</summary>
    Task ResizeAsync(string key, int rows, int columns);

    /// <summary>A signal to the key's process; NotFoundException when it has ended.</summary>
    Task SignalAsync(string key, int signal);

    /// <summary>A signal to every process of the container's control group.</summary>
    Task SignalAllAsync(string containerId, int signal);

    Task PauseAsync(string containerId);

    Task ResumeAsync(string containerId);

    /// <summary>New limits for a running container; null members stay as they are.</summary>
    Task UpdateAsync(string containerId, LinuxResources resources);

    /// <summary>Counters of the container's control group now.</summary>
    ContainerStats Stats(string containerId);

    /// <summary>Pids, as the host sees them, of every process of the container.</summary>
    IReadOnlyList<int> Processes(string containerId);

    /// <summary>Whether the container is frozen now.</summary>
    bool IsPaused(string containerId);

    /// <summary>The network namespace of the container's first process, or null when that has ended.</summary>
    SafeFileHandle? NetworkNamespace(string containerId);

    /// <summary>Every entry that outlived a daemon; ended ones carry their exit.</summary>
    Task<IReadOnlyList<LiveProcess>> ListAsync();

    /// <summary>Forgets an ended entry whose exit the caller has stored; a container's control group is removed.</summary>
    Task ReleaseAsync(string key);

    /// <summary>Each exit once; those from before <see cref="ListAsync"/> are in its result.</summary>
    event Action<ProcessExit>? Exited;
}
