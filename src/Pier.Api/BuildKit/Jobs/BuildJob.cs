using System.Runtime.CompilerServices;
using Pier.Contracts.BuildKit.Control;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Jobs;

/// <summary>A build as its watchers see it: everything that happened, from the beginning, to whoever asks whenever.</summary>
sealed class BuildJob
{
    /// <summary>What steps wrote is kept for late watchers, up to here.</summary>
    const long MaxLog = 64 << 20;

    /// <summary>Events in one message: far below every client's limit.</summary>
    const int MaxEvents = 200;

    /// <summary>What an event takes beside what a step wrote, roughly.</summary>
    const long EventSize = 300;

    readonly List<BuildEvent> _events = [];
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _logged;
    bool _ended;

    public void Tell(BuildEvent happened)
    {
        lock (_events)
        {
            if (_ended)
                return;
            if (happened is VertexLogEvent log && !Keeps(log))
                return;
            _events.Add(happened);
            Wake();
        }
    }

    /// <summary>About what this takes in memory.</summary>
    public long Size
    {
        get
        {
            lock (_events)
                return _logged + _events.Count * EventSize;
        }
    }

    /// <summary>Writes down how many steps there are, how far they are, and how many warnings there were.</summary>
    public void Count(BuildHistoryRecord record)
    {
        lock (_events)
        {
            var steps = _events.OfType<VertexEvent>().GroupBy(e => e.Vertex).Select(s => s.Last()).ToArray();
            record.NumTotalSteps = steps.Length;
            record.NumCompletedSteps = steps.Count(s => s.Completed is not null);
            record.NumCachedSteps = steps.Count(s => s.Cached);
            record.NumWarnings = _events.OfType<BuildWarningEvent>().Count();
        }
    }

    /// <summary>Nothing more will happen.</summary>
    public void End()
    {
        lock (_events)
        {
            _ended = true;
            Wake();
        }
    }

    /// <summary>What happened and happens, until the end; several events a message where they came at once.</summary>
    public async IAsyncEnumerable<StatusResponse> FollowAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var next = 0;
        while (true)
        {
            var (status, changed, ended) = Take(ref next);
            if (status is not null)
                yield return status;
            else if (ended)
                yield break;
            else
                await changed.WaitAsync(ct);
        }
    }

    (StatusResponse? Status, Task Changed, bool Ended) Take(ref int next)
    {
        lock (_events)
        {
            if (next == _events.Count)
                return (null, _changed.Task, _ended);
            var status = new StatusResponse();
            for (var end = Math.Min(_events.Count, next + MaxEvents); next < end; next++)
                StatusText.Add(status, _events[next]);
            return (status, _changed.Task, false);
        }
    }

    bool Keeps(VertexLogEvent log)
    {
        if (_logged > MaxLog)
            return false;
        _logged += log.Data.Length;
        if (_logged > MaxLog)
            _events.Add(log with { Data = "[output clipped, log limit 64MiB reached]\n"u8.ToArray() });
        return _logged <= MaxLog;
    }

    void Wake()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
