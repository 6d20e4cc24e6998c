using Microsoft.Win32.SafeHandles;
using Pier.Linux.Epoll;
using Pier.Linux.Processes;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Keeper;

namespace Pier.Supervisor.Server;

/// <summary>
/// Hears of ends. Our own children are waited for; of children of the keeper the keeper records the end and says so; of processes
/// that lost both parents (supervisor and then keeper were killed) the kernel tells, where it can.
/// </summary>
sealed class ExitWatcher(EventLoop loop, Action<Entry> finished)
{
    // The keeper needs a moment to record; a stranger's reaper needs a moment to reap.
    const int PatienceMilliseconds = 10_000;

    readonly List<(Entry Entry, long Since)> _waiting = [];

    /// <summary>Ends were seen whose status is not known yet: <see cref="Tick"/> is to be called soon.</summary>
    public bool Waiting => _waiting.Count > 0;

    /// <summary>Watches a living process.</summary>
    public void Watch(Entry entry)
    {
        if (entry.Kept.Descriptors.TryGetValue(Role.PidFd, out var pidFd))
            entry.ExitWatch = loop.Add(pidFd, Readiness.In, new Handler(this, entry, pidFd));
        else
            _waiting.Add((entry, Environment.TickCount64));
    }

    /// <summary>The keeper says that it recorded an end.</summary>
    public void Recorded(Entry entry)
    {
        if (entry.Finished || entry.File.Exit() is not { } exit)
            return;
        Ended(entry, exit);
    }

    /// <summary>Looks again for ends whose status was not known.</summary>
    public void Tick()
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            var (entry, since) = _waiting[i];
            var patient = Environment.TickCount64 - since < PatienceMilliseconds;
            var exit = entry.Finished ? entry.Exit : entry.File.Exit() ?? Stranger(entry) ?? (patient ? null : EntryExit.Unknown);
            if (exit is null)
                continue;
            _waiting.RemoveAt(i);
            if (!entry.Finished)
                Ended(entry, exit);
        }
    }

    /// <summary>Before its reaper came, the zombie shows how it ended; after that the kernel may still know.</summary>
    static EntryExit? Stranger(Entry entry)
    {
        var status =
            ProcessStat.ExitOfZombie(entry.Record.Pid, entry.Record.StartTicks)
            ?? (entry.Kept.Descriptors.TryGetValue(Role.PidFd, out var pidFd) ? PidFd.ExitOfStranger(pidFd) : null);
        return status is { } known ? EntryExit.From(known) : null;
    }

    void Readable(Entry entry, SafeFileHandle pidFd)
    {
        // Written down before it is reaped: a kill in between leaves a zombie for the keeper, which writes it down again.
        var status = PidFd.Peek(pidFd, out var isChild);
        if (status is { } ended)
        {
            entry.RecordExit(EntryExit.From(ended));
            PidFd.Wait(pidFd);
            Ended(entry, entry.Exit!);
        }
        else if (!isChild)
        {
            entry.ExitWatch?.End();
            _waiting.Add((entry, Environment.TickCount64));
        }
    }

    void Ended(Entry entry, EntryExit exit)
    {
        entry.ExitWatch?.End();
        entry.RecordExit(exit);
        finished(entry);
    }

    sealed class Handler(ExitWatcher owner, Entry entry, SafeFileHandle pidFd) : IReadinessHandler
    {
        public void OnReady(Readiness events) => owner.Readable(entry, pidFd);
    }
}
