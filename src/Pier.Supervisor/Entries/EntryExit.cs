using Pier.Linux.Processes;

namespace Pier.Supervisor.Entries;

/// <summary>How a process ended: code (128 + signal when killed), the signal, when.</summary>
sealed record EntryExit(int Code, int? Signal, DateTime At, bool OutOfMemory)
{
    /// <summary>Nobody could tell: the process was reaped by a stranger on a kernel that keeps no exit status.</summary>
    public static EntryExit Unknown => new(255, null, DateTime.UtcNow, false);

    public static EntryExit From(ProcessStatus status) => new(status.Code, status.Signal, DateTime.UtcNow, false);
}
