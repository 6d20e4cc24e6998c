using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Launch;

namespace Pier.Supervisor.Server;

/// <summary>
/// Launcher threads. A launch blocks its thread until the child execs, and a child may hang in a mount for minutes: whenever a job had to
/// wait
/// too long for a thread, there is one more.
/// </summary>
sealed class LaunchPool : IDisposable
{
    /// <summary>Most threads at once, and most launches that may hang.</summary>
    public const int MaxThreads = 64;

    /// <summary>A job that waited this long gets a new thread.</summary>
    public const int PatienceMilliseconds = 3;

    const int MinThreads = 2,
        IdleMilliseconds = 10_000,
        StackSize = 256 << 10;

    readonly object _work = new();
    readonly Queue<(LaunchJob Job, long Since)> _jobs = new();
    readonly Queue<LaunchJob> _done = new();
    readonly bool[] _cells = new bool[MaxThreads];
    readonly SharedMapping _pids;
    int _threads,
        _idle,
        _running;

    /// <summary>Threads are made when they are needed.</summary>
    public LaunchPool(StateDirectory state)
    {
        using var file = PlainFile.OpenOrCreate(state.Launches);
        PlainFile.WriteAt(file, new byte[MaxThreads * 8], 0);
        _pids = new SharedMapping(file, MaxThreads * 8);
    }

    /// <summary>Set when a job is done.</summary>
    public EventFd Finished { get; } = new();

    /// <summary>Jobs that wait or run.</summary>
    public int Pending
    {
        get
        {
            lock (_work)
                return _jobs.Count + _running;
        }
    }

    /// <summary>A job waits for a thread: <see cref="Grow"/> should be called soon.</summary>
    public bool Waiting
    {
        get
        {
            lock (_work)
                return _jobs.Count > 0;
        }
    }

    public void Add(LaunchJob job)
    {
        lock (_work)
        {
            _jobs.Enqueue((job, Environment.TickCount64));
            if (_threads < MinThreads && _idle == 0)
                StartThread();
            Monitor.Pulse(_work);
        }
    }

    /// <summary>Starts a thread when the oldest job has waited too long.</summary>
    public void Grow()
    {
        lock (_work)
        {
            if (_threads == MaxThreads || !_jobs.TryPeek(out var oldest))
                return;
            if (Environment.TickCount64 - oldest.Since >= PatienceMilliseconds)
                StartThread();
        }
    }

    /// <summary>The next job that is done, or null.</summary>
    public LaunchJob? TakeFinished()
    {
        lock (_work)
            return _done.TryDequeue(out var job) ? job : null;
    }

    /// <summary>Pids of first and second children of launches under way.</summary>
    public IEnumerable<int> Pids()
    {
        for (var i = 0; i < MaxThreads; i++)
        {
            var cells = new PidCells(_pids, i * 8);
            if (cells.First > 0)
                yield return cells.First;
            if (cells.Second > 0)
                yield return cells.Second;
        }
    }

    public void Dispose()
    {
        _pids.Dispose();
        Finished.Dispose();
    }

    void StartThread()
    {
        var place = Array.IndexOf(_cells, false);
        _cells[place] = true;
        _threads++;
        new Thread(() => Work(place), StackSize) { IsBackground = true }.Start();
    }

    void Work(int place)
    {
        using var launcher = new Launcher();
        var cells = new PidCells(_pids, place * 8);
        while (Next() is { } job)
        {
            job.Run(launcher, cells);
            lock (_work)
            {
                _running--;
                _done.Enqueue(job);
            }
            Finished.Set();
        }
        lock (_work)
        {
            _cells[place] = false;
            _threads--;
        }
    }

    LaunchJob? Next()
    {
        lock (_work)
        {
            while (_jobs.Count == 0)
            {
                _idle++;
                var woken = Monitor.Wait(_work, _threads > MinThreads ? IdleMilliseconds : Timeout.Infinite);
                _idle--;
                if (!woken && _jobs.Count == 0 && _threads > MinThreads)
                    return null;
            }
            _running++;
            return _jobs.Dequeue().Job;
        }
    }
}
