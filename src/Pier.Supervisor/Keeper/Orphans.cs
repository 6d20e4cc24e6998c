using Pier.Linux;
using Pier.Linux.Processes;
using Pier.Supervisor.Entries;

namespace Pier.Supervisor.Keeper;

/// <summary>
/// What a fresh keeper finds when keeper and supervisor died together: records without descriptors. Living processes are watched on,
/// without their
/// output; of the others nobody knows how they ended.
/// </summary>
static class Orphans
{
    public static IEnumerable<KeptEntry> Find(StateDirectory state)
    {
        foreach (var id in state.EntryIds().ToArray())
        {
            using var file = EntryFile.Open(state, id);
            if (file is null)
                continue;
            var kept = new KeptEntry(id, file.Record.Pid);
            if (file.Exit() is null && !TryWatch(file.Record, kept))
                file.SetExit(EntryExit.Unknown);
            yield return kept;
        }
    }

    static bool TryWatch(EntryRecord record, KeptEntry kept)
    {
        try
        {
            var pidFd = PidFd.Open(record.Pid);
            if (ProcessStat.StartTicks(record.Pid) == record.StartTicks)
            {
                kept.Descriptors[Role.PidFd] = pidFd;
                return true;
            }
            pidFd.Dispose();
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH) { }
        return false;
    }
}
