namespace Pier.Supervisor.Entries;

/// <summary>What is fixed when a process has been launched.</summary>
sealed record EntryRecord(long Id, string Key, int Pid, long StartTicks, DateTime LaunchedAt, ProcessStdio Stdio, LogTarget? Log);
