using Pier.Linux.Processes;
using Pier.Model.Runtime;
using Pier.Runtime.BuiltIn;
using Pier.Supervisor;

namespace Pier.Runtime;

/// <summary>Which containers the runtime knows: its own, those of an earlier daemon, those that another runtime made.</summary>
public sealed partial class BuiltInRuntime
{
    public async Task<IReadOnlyList<LiveProcess>> ListAsync()
    {
        var known = await _supervisor.ListAsync().ConfigureAwait(false);
        foreach (var (id, path) in _files.All().ToArray())
            Adopt(id, path, known.FirstOrDefault(p => p.Key == id));
        return [.. known.Select(p => new LiveProcess(p.Key, p.Pid, p.LaunchedAt, p.Exit is { } exit ? Convert(exit) : null))];
    }

    /// <summary>Takes a container of an earlier daemon over; a group whose start was never finished is removed.</summary>
    void Adopt(string id, string cgroupPath, SupervisedProcess? process)
    {
        if (_containers.ContainsKey(id))
            return;
        var entry = new ContainerEntry(id, _preparer.Group(cgroupPath));
        if (process is null)
        {
            if (entry.Group.Processes().Count == 0 && entry.Group.Delete(TimeSpan.Zero))
                _files.Remove(id);
            return;
        }
        entry.Pid = process.Pid;
        if (process.Exit is null)
            entry.PidFd = TryOpen(process.Pid);
        if (!_containers.TryAdd(id, entry))
            entry.Dispose();
    }

    /// <summary>
    /// Takes care of a control group that another runtime makes, and of the process whose container it is (0: not known yet).
    /// </summary>
    internal void Follow(string id, string? cgroupPath, int pid = 0)
    {
        if (!_containers.TryGetValue(id, out var entry))
        {
            if (cgroupPath is null)
                return;
            _files.Write(id, cgroupPath);
            entry = _containers.GetOrAdd(id, new ContainerEntry(id, _preparer.Group(cgroupPath)));
        }
        if (pid == 0)
            return;
        entry.PidFd?.Dispose();
        (entry.Pid, entry.PidFd) = (pid, TryOpen(pid));
    }

    /// <summary>A start of another runtime has failed.</summary>
    internal async Task UnfollowAsync(string id)
    {
        if (!_containers.TryRemove(id, out var entry))
            return;
        entry.Dispose();
        if (await Task.Run(() => entry.Group.Delete(TimeSpan.FromSeconds(1))).ConfigureAwait(false))
            _files.Remove(id);
    }

    public async Task ReleaseAsync(string key)
    {
        await Translated(key, _supervisor.ReleaseAsync(key)).ConfigureAwait(false);
        if (!_containers.TryRemove(key, out var entry))
            return;
        entry.Dispose();
        var removed = await Task.Run(() =>
            {
                if (entry.Group.Delete(TimeSpan.Zero))
                    return true;
                // What the first process left behind without a pid namespace of its own goes with the container.
                entry.Group.SignalAll(Signals.SIGKILL);
                return entry.Group.Delete(TimeSpan.FromSeconds(5));
            })
            .ConfigureAwait(false);
        if (removed)
            _files.Remove(key);
    }
}
