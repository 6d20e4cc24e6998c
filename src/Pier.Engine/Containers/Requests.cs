using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>A container to create.</summary>
/// <param name="Name">Without a slash; null lets the engine choose.</param>
/// <param name="Platform">"os[/arch[/variant]]" or null.</param>
public sealed record CreateContainer(
    string? Name,
    ContainerConfig Config,
    HostConfig HostConfig,
    NetworkingConfig? Networking = null,
    string? Platform = null
);

/// <summary>The new container's id and what the user should know.</summary>
public sealed record CreatedContainer(string Id, IReadOnlyList<string> Warnings);

/// <summary>What a waiter waits for. NotRunning is satisfied by a container that does not run now.</summary>
public enum WaitCondition
{
    NotRunning,
    NextExit,
    Removed,
}

/// <summary>How a run ended: the exit code and, where the start failed after a wait began, the reason.</summary>
public sealed record ContainerExitStatus(int ExitCode, string? Error);

/// <summary>
/// Which containers a list shows. Filters are Docker's (id, name, label, status, ancestor, before, since, exited, volume, network, health
/// ...).
/// </summary>
public sealed record ListContainers(bool All, int? Limit, bool Size, IReadOnlyDictionary<string, IReadOnlyList<string>> Filters);

/// <summary>Which log lines are read. Since and Until in nanoseconds of the Unix epoch (0: open); Tail -1 for all.</summary>
public sealed record LogsQuery(
    bool Stdout = true,
    bool Stderr = true,
    bool Follow = false,
    long SinceNanoseconds = 0,
    long UntilNanoseconds = 0,
    int Tail = -1,
    bool Details = false
);

/// <summary>One line (with its newline, or a part of a long one) of a stream: 1 stdout, 2 stderr.</summary>
public readonly record struct LogEntry(byte Stream, long TimeNanoseconds, ReadOnlyMemory<byte> Line);

/// <summary>An attach. Logs replays the log first. DetachKeys null: Docker's default ctrl-p,ctrl-q.</summary>
public sealed record AttachRequest(bool Stdin, bool Stdout, bool Stderr, bool Logs, bool StreamOutput, string? DetachKeys);

/// <summary>
/// A connection to a process's stdio. Reading gives Docker's multiplexed frames, or raw bytes for a terminal; writing is its
/// stdin, and <see cref="CloseWriteAsync"/> is its end. It ends when the process has and every byte was delivered.
/// </summary>
public sealed class AttachSession(Stream stream, bool tty, Func<ValueTask> closeWrite) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;
    public bool Tty { get; } = tty;

    public ValueTask CloseWriteAsync() => closeWrite();

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

/// <summary>The processes of a container as ps shows them.</summary>
public sealed record TopResult(IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Processes);
