using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Epoll;
using Pier.Linux.Processes;
using Pier.Linux.Sockets;
using Pier.Supervisor.Attach;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Keeper;
using Pier.Supervisor.Logs;

namespace Pier.Supervisor.Server;

/// <summary>
/// The supervisor: one loop that copies output, serves clients and hears of exits; launches run on threads of their own. Killed at any
/// moment it is
/// replaced by the keeper; when the keeper dies it becomes the keeper.
/// </summary>
sealed class SupervisorProcess : IReadinessHandler
{
    const int StrangerTick = 20,
        SuccessionTick = 10,
        SuccessionRetry = 1000;

    readonly StateDirectory _state;
    readonly SelfCommand _self;
    readonly KeeperLink _link;
    readonly EventLoop _loop = new();
    readonly Scratch _scratch = new();
    readonly LogWriter _writer;
    readonly OutputCopier _copier;
    readonly EntryTable _table;
    readonly LaunchPool _pool;
    readonly RequestHandler _handler;
    readonly ExitWatcher _exits;
    readonly LogHolds _holds = new();
    readonly Watch _linkWatch;
    readonly SafeFileHandle _listener;
    readonly KeptEntry _own;
    bool _keeperGone;

    public SupervisorProcess(StateDirectory state, SelfCommand self, SafeFileHandle link)
    {
        (_state, _self, _link) = (state, self, new KeeperLink(link));
        var kept = Handover.Read(state, inheritable: false);
        _own = kept.Find(k => k.Id == KeptEntry.Own)!;
        _listener = _own.Descriptors[Role.Listener];
        var spool = new Spool(_own.Descriptors[Role.SpoolRead], _own.Descriptors[Role.SpoolWrite]);
        var journal = new Journal(state.Journal);
        _writer = new LogWriter(journal, spool);
        _copier = new OutputCopier(spool, _writer, _scratch, _holds);
        _table = new EntryTable(state, _link);
        _pool = new LaunchPool(state);
        _handler = new RequestHandler(_loop, _table, _pool, state, _link, _scratch);
        _exits = new ExitWatcher(_loop, Finish);
        Restore(kept, journal);
        _linkWatch = _loop.Add(_link.Socket, Readiness.In, this);
        _loop.Add(_listener, Readiness.In, new Acceptor(_loop, _listener, _handler));
        _loop.Add(_pool.Finished.Handle, Readiness.In, new LaunchCollector(this));
    }

    /// <summary>Runs until a client ends it. Returns the exit code, or does not return: it may have become the keeper.</summary>
    public int Run()
    {
        while (!_handler.ShuttingDown)
        {
            _loop.RunOnce(
                _pool.Waiting ? LaunchPool.PatienceMilliseconds
                : _exits.Waiting ? StrangerTick
                : _holds.Any ? LogHolds.Milliseconds
                : -1
            );
            _pool.Grow();
            _exits.Tick();
            _holds.Tick();
            if (_keeperGone)
                Succeed();
        }
        _link.Shutdown();
        return 0;
    }

    /// <summary>The keeper has recorded an exit, or is gone.</summary>
    public void OnReady(Readiness events)
    {
        while (_link.TryReceive(out _keeperGone) is { } id)
            if (_table.Find(id) is { } entry)
                _exits.Recorded(entry);
        if (_keeperGone)
            _linkWatch.End();
    }

    void Succeed()
    {
        var succession = new Succession(_state, _self, _pool, _table, _own);
        _handler.Closing = true;
        succession.AwaitLaunches(() => _loop.RunOnce(SuccessionTick));
        succession.BecomeKeeper();
        // The program cannot be started (it is being replaced?): serve on alone, and try again.
        _handler.Closing = false;
        var retry = Environment.TickCount64 + SuccessionRetry;
        while (Environment.TickCount64 < retry)
            _loop.RunOnce(SuccessionTick);
    }

    /// <summary>Takes over what the predecessor had.</summary>
    void Restore(List<KeptEntry> kept, Journal journal)
    {
        var known = kept.Select(k => k.Id).ToHashSet();
        foreach (var id in _state.EntryIds().ToArray())
            if (!known.Contains(id))
                PlainFile.Remove(_state.Entry(id));
        Descriptor.SetNonBlocking(_listener);
        var entries = new List<Entry>();
        foreach (var candidate in kept)
        {
            if (candidate.Id == KeptEntry.Own)
                continue;
            if (EntryFile.Open(_state, candidate.Id) is not { } file)
                _link.Drop(candidate.Id);
            else
                entries.Add(new Entry(file, candidate, OpenLog(file.Record), _link));
        }
        var interrupted = journal.Current is { } batch ? entries.Find(e => e.File.Id == batch.Entry) : null;
        _writer.Recover(interrupted?.Log, interrupted?.File, DateTime.UtcNow);
        foreach (var entry in entries)
            Begin(entry);
    }

    /// <summary>A log that cannot be opened any more (its directory is gone) must not keep the supervisor from starting.</summary>
    static JsonLog? OpenLog(EntryRecord record)
    {
        try
        {
            return record.Log is { } target ? new JsonLog(target) : null;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>Watches a process that was launched or taken over.</summary>
    void Begin(Entry entry)
    {
        OpenStreams(entry);
        _table.Add(entry);
        if (entry.Exit is not null)
            Finish(entry);
        else
            _exits.Watch(entry);
    }

    void OpenStreams(Entry entry)
    {
        var fds = entry.Kept.Descriptors;
        if (fds.TryGetValue(Role.Master, out var master))
        {
            if (fds.TryGetValue(Role.RelayRead, out var read) && fds.TryGetValue(Role.RelayWrite, out var write))
                entry.Outputs.Add(new OutputStream(_loop, entry, 0, master, read, write, _copier.Copy));
            if (entry.Record.Stdio.OpenStdin)
                entry.OpenStdin(_loop, Descriptor.Duplicate(master));
            return;
        }
        if (fds.TryGetValue(Role.Stdout, out var stdout))
            entry.Outputs.Add(new OutputStream(_loop, entry, 0, stdout, null, null, _copier.Copy));
        if (fds.TryGetValue(Role.Stderr, out var stderr))
            entry.Outputs.Add(new OutputStream(_loop, entry, 1, stderr, null, null, _copier.Copy));
        if (fds.TryGetValue(Role.Stdin, out var stdin))
            entry.OpenStdin(_loop, Descriptor.Duplicate(stdin));
    }

    /// <summary>The exit is recorded: the rest of the output, then everyone is told.</summary>
    void Finish(Entry entry)
    {
        if (entry.Finished)
            return;
        foreach (var output in entry.Outputs)
            _copier.Drain(output);
        entry.Finished = true;
        entry.FinishStreams();
        _handler.Announce(entry);
    }

    void Collect(LaunchJob job)
    {
        if (job.Launched is not var (file, kept, log))
        {
            _table.Cancel(job.Order.Key);
            _handler.Launched(job, null);
            return;
        }
        var entry = new Entry(file, kept, log, _link);
        _handler.Launched(job, entry);
        Begin(entry);
    }

    sealed class LaunchCollector(SupervisorProcess owner) : IReadinessHandler
    {
        public void OnReady(Readiness events)
        {
            owner._pool.Finished.Reset();
            while (owner._pool.TakeFinished() is { } job)
                owner.Collect(job);
        }
    }
}
