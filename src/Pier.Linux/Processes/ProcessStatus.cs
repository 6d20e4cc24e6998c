namespace Pier.Linux.Processes;

/// <summary>
/// How a process ended: an exit code, or the signal that killed it (then <see cref="Code"/> is 128 + signal, as shells say it).
/// </summary>
public readonly record struct ProcessStatus(int Code, int? Signal)
{
    /// <summary>From waitid's si_code and si_status (man 2 waitid).</summary>
    internal static ProcessStatus From(in SignalInfo info) =>
        info.Code == Native.CLD_EXITED ? new(info.Status, null) : new(128 + info.Status, info.Status);

    /// <summary>From a wait status word (man 2 wait: WIFEXITED, WEXITSTATUS, WTERMSIG).</summary>
    internal static ProcessStatus FromWord(int word) =>
        (word & 0x7f) == 0 ? new(word >> 8 & 0xff, null) : new(128 + (word & 0x7f), word & 0x7f);

    public override string ToString() => Signal is { } signal ? $"signal {signal}" : $"exit {Code}";
}
