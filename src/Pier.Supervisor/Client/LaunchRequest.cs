using Microsoft.Win32.SafeHandles;
using Pier.Linux.Launch;

namespace Pier.Supervisor;

/// <summary>A process to launch.</summary>
public sealed record LaunchRequest
{
    /// <summary>Names the process from now on: at most 256 bytes, not in use.</summary>
    public required string Key { get; init; }

    /// <summary>
    /// The program. Imports named stdin, stdout and stderr are made by the supervisor; the others come from <see cref="Imports"/> in
    /// their order. With a terminal, an
    /// import named devpts is the root of the devpts instance that the terminal comes from.
    /// </summary>
    public required LaunchProgram Program { get; init; }

    /// <summary>Descriptors for the program's imports other than stdin, stdout, stderr. Stay the caller's.</summary>
    public IReadOnlyList<SafeFileHandle> Imports { get; init; } = [];

    /// <summary>Descriptors that are to stay open until the process ends, at most 64. Stay the caller's.</summary>
    public IReadOnlyList<SafeFileHandle> Held { get; init; } = [];

    public ProcessStdio Stdio { get; init; } = new();

    /// <summary>Null: output goes to attached clients alone.</summary>
    public LogTarget? Log { get; init; }
}

/// <summary>A launched process. The pidfd is the receiver's to dispose.</summary>
public sealed record LaunchedProcess(string Key, int Pid, SafeFileHandle? PidFd);

/// <summary>
/// How a process ended: <paramref name="ExitCode"/> 0-255 (128 + signal when it was killed; 255 without a signal also stands for "nobody
/// can tell").
/// </summary>
public sealed record SupervisedExit(string Key, int ExitCode, int? Signal, DateTimeOffset ExitedAt, bool OutOfMemory);

/// <summary>A process that the supervisor knows; <paramref name="Exit"/> is null while it lives.</summary>
public sealed record SupervisedProcess(string Key, int Pid, DateTimeOffset LaunchedAt, SupervisedExit? Exit);

/// <summary>
/// What an attached client gets and gives. <paramref name="DetachKeys"/> in Docker's notation ("ctrl-p,ctrl-q"); null or empty for none.
/// </summary>
public sealed record AttachRequest(string Key, bool Stdin, bool Stdout, bool Stderr, string? DetachKeys = null);
