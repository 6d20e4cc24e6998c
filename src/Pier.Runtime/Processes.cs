namespace Pier.Runtime;

/// <summary>
/// A started process; the pid is the host's. StartedAt is just before its first instruction: nothing that it writes is older.
/// </summary>
public sealed record StartedProcess(int Pid, DateTimeOffset StartedAt);

/// <summary>The end of a process: the exit code is 128 + n when signal n ended it.</summary>
public sealed record ProcessExit(string Key, int ExitCode, int? Signal, DateTimeOffset ExitedAt, bool OutOfMemory);

/// <summary>An entry that the supervisor knows.</summary>
public sealed record LiveProcess(string Key, int Pid, DateTimeOffset StartedAt, ProcessExit? Exit);
