using Pier.Supervisor.Entries;

namespace Pier.Supervisor.Server;

/// <summary>
/// Processes whose output is not read because their log waits for its receiver: their writes block when the pipe is full. Nothing else of
/// them waits, and nobody tells: whether the receiver has got on is looked at from time to time.
/// </summary>
sealed class LogHolds
{
    /// <summary>Between two looks.</summary>
    public const int Milliseconds = 100;

    readonly List<Entry> _held = [];
    long _next;

    /// <summary><see cref="Tick"/> is to be called soon.</summary>
    public bool Any => _held.Count > 0;

    public void Hold(Entry entry)
    {
        if (entry.Held)
            return;
        entry.Held = true;
        _held.Add(entry);
    }

    /// <summary>Lets go whose receiver has got on, and who has ended.</summary>
    public void Tick()
    {
        if (_held.Count == 0 || Environment.TickCount64 < _next)
            return;
        _next = Environment.TickCount64 + Milliseconds;
        for (var i = _held.Count - 1; i >= 0; i--)
        {
            var entry = _held[i];
            if (!entry.Finished && entry.Log is { Held: true })
                continue;
            _held.RemoveAt(i);
            entry.Held = false;
        }
    }
}
