using System.Collections.Concurrent;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Engine.Execs;

/// <summary>
/// The execs that can be asked for. Clients ask for the exit code right after the end: some minutes later an ended one is forgotten, or a
/// container that a script looks into for months would cost ever more. Thread-safe.
/// </summary>
sealed class ExecTable(TimeProvider time)
{
    /// <summary>How long an ended exec is known at least.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    readonly ConcurrentDictionary<string, Exec> _execs = new();
    long _lastSweep = time.GetUtcNow().Ticks;

    public int Count => _execs.Count;

    public void Add(Exec exec)
    {
        Sweep();
        _execs[exec.Id] = exec;
    }

    /// <summary>By its whole id.</summary>
    public Exec? ById(string id) => _execs.GetValueOrDefault(id);

    /// <summary>By its id or the beginning of it that no other has. Throws <see cref="NotFoundException"/>.</summary>
    public Exec Find(string id)
    {
        if (_execs.TryGetValue(id, out var exec))
            return exec;
        var matches = id.Length is > 0 and < 64
            ? _execs.Values.Where(e => e.Id.StartsWith(id, StringComparison.Ordinal)).Take(2).ToArray()
            : [];
        return matches.Length == 1 ? matches[0] : throw new NotFoundException($"No such exec instance: {id}");
    }

    /// <summary>It ran, or could not be started: its container does not show it any more.</summary>
    public void Ended(Exec exec, int exitCode)
    {
        lock (exec.Lock)
        {
            exec.Phase = ExecPhase.Ended;
            exec.ExitCode = exitCode;
            exec.EndedAt = time.GetUtcNow();
        }
        exec.Container.Execs.Remove(exec.Id);
    }

    /// <summary>Forgets the execs of a container that is gone.</summary>
    public void Forget(string containerId)
    {
        foreach (var (id, exec) in _execs)
        {
            if (exec.Container.Id == containerId)
                _execs.TryRemove(id, out _);
        }
    }

    // Whoever makes an exec tidies up after the others; nothing has to run while nobody does.
    void Sweep()
    {
        var now = time.GetUtcNow();
        var last = Volatile.Read(ref _lastSweep);
        if (now.Ticks - last < Memory.Ticks || Interlocked.CompareExchange(ref _lastSweep, now.Ticks, last) != last)
            return;
        foreach (var (id, exec) in _execs)
        {
            if ((exec.EndedAt is { } ended && now - ended >= Memory) || exec.Container.Status == ContainerStatus.Removing)
                _execs.TryRemove(id, out _);
        }
    }
}
