using Pier.Linux;
using Pier.Linux.Processes;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Keeper;

namespace Pier.Supervisor.Server;

/// <summary>
/// The keeper is dead. The supervisor becomes the keeper by execve in place: its children stay its children, descriptors go along, and
/// the new keeper starts
/// a new supervisor, which goes on from the durable state as after any kill.
/// </summary>
sealed class Succession(StateDirectory state, SelfCommand self, LaunchPool pool, EntryTable table, KeptEntry own)
{
    const int LaunchPatienceMilliseconds = 2000;

    /// <summary>Lets launches under way end, and ends those that hang: nobody would know of them afterwards.</summary>
    public void AwaitLaunches(Action runLoop)
    {
        var deadline = Environment.TickCount64 + LaunchPatienceMilliseconds;
        while (pool.Pending > 0 && Environment.TickCount64 < deadline)
            runLoop();
        foreach (var pid in pool.Pids())
            Kill(pid);
    }

    /// <summary>Execs. Returns only when that is impossible.</summary>
    public void BecomeKeeper()
    {
        try
        {
            Handover.Write(state, table.Entries.Select(e => e.Kept).Append(own));
            self.Execute("supervisor", "--adopt", "--exec-root", state.ExecRoot);
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            SupervisorProgram.Complain($"cannot become the keeper: {e.Message}");
        }
    }

    static void Kill(int pid)
    {
        if (!Children.IsChild(pid))
            return;
        try
        {
            using var pidFd = PidFd.Open(pid);
            PidFd.Send(pidFd, Signals.SIGKILL);
        }
        catch (LinuxException)
        {
            // It ended just now.
        }
    }
}
