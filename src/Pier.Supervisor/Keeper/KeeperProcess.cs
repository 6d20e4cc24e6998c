using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Files;
using Pier.Linux.Launch;
using Pier.Linux.Processes;
using Pier.Linux.Sockets;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Protocol;

namespace Pier.Supervisor.Keeper;

/// <summary>
/// The process above the supervisor. It holds copies of every descriptor that containers need to live, adopts containers when the
/// supervisor dies
/// (it is their subreaper), records their ends, and starts the next supervisor. It runs no program of a client.
/// </summary>
sealed class KeeperProcess
{
    const int RetryMilliseconds = 1000;

    readonly StateDirectory _state;
    readonly SelfCommand _self;
    readonly KeeperTable _table = new();
    readonly Launcher _launcher = new();
    SafeFileHandle? _link;

    KeeperProcess(StateDirectory state, SelfCommand self) => (_state, _self) = (state, self);

    /// <summary>Begins afresh: takes the lock, listens. Returns the exit code; 0 when another pair has the directory already.</summary>
    public static int Start(StateDirectory state, SelfCommand self)
    {
        state.Create();
        var locked = PlainFile.OpenOrCreate(state.Lock);
        if (!PlainFile.TryLock(locked))
            return 0;
        PlainFile.Remove(state.Socket);
        var own = new KeptEntry(KeptEntry.Own, 0);
        own.Descriptors[Role.Lock] = locked;
        own.Descriptors[Role.Listener] = UnixSocket.Listen(SocketKind.SequencedPackets, state.Socket, 1024);
        (own.Descriptors[Role.SpoolRead], own.Descriptors[Role.SpoolWrite]) = Pipe.Create();
        var keeper = new KeeperProcess(state, self);
        keeper._table.Add(own);
        foreach (var orphan in Orphans.Find(state))
            keeper._table.Add(orphan);
        return keeper.Run();
    }

    /// <summary>Takes over from a dead keeper, in the process that was its supervisor.</summary>
    public static int Adopt(StateDirectory state, SelfCommand self)
    {
        var keeper = new KeeperProcess(state, self);
        foreach (var entry in Handover.Read(state, inheritable: true))
            keeper._table.Add(entry);
        return keeper.Run();
    }

    int Run()
    {
        Signals.DefaultChild();
        ThisProcess.BecomeSubreaper();
        ThisProcess.HideMemory();
        ThisProcess.Name("pier-keeper");
        while (!_table.ShuttingDown)
        {
            var started = Environment.TickCount64;
            try
            {
                Supervise();
            }
            catch (Exception e) when (e is LinuxException or IOException)
            {
                // Whatever it is (no memory, a full exec root, a missing binary): containers live as long as the keeper does, so it tries
                // again.
                SupervisorProgram.Complain($"cannot start the supervisor: {e.Message}");
                Thread.Sleep(RetryMilliseconds);
            }
            // A supervisor that dies at once would keep both cores busy.
            if (!_table.ShuttingDown && Environment.TickCount64 - started < 100)
                Thread.Sleep(100);
        }
        PlainFile.Remove(_state.Socket);
        return 0;
    }

    /// <summary>One supervisor's life.</summary>
    void Supervise()
    {
        Handover.Write(_state, _table.Entries);
        var (ours, theirs) = UnixSocket.Pair(SocketKind.SequencedPackets);
        using var link = ours;
        int supervisor;
        using (theirs)
        {
            Descriptor.SetCloseOnExec(theirs, false);
            supervisor = Spawn(Descriptor.Number(theirs));
        }
        _link = ours;
        var listener = new Thread(() => Listen(ours), 256 << 10) { IsBackground = true };
        listener.Start();
        ReapUntilEndOf(supervisor, listener);
        _link = null;
    }

    int Spawn(int link)
    {
        LaunchResult result = default;
        foreach (var path in _self.Paths())
        {
            // Sealed by the keeper: a supervisor that seals itself starts twice. One that finds itself unsealed tries once more.
            using var file = RuntimeFeature.IsDynamicCodeSupported ? null : SealedExecutable.TryOpen(path);
            using var program = new LoadedProgram(SupervisorCommand(path, file, link), []);
            result = _launcher.Launch(program);
            if (result.Failed)
                continue;
            result.PidFd!.Dispose();
            return result.Pid;
        }
        throw new LinuxException("execve", result.Errno, _self.Paths()[0]);
    }

    LaunchProgram SupervisorCommand(string path, SafeFileHandle? file, int link)
    {
        var builder = new ProgramBuilder();
        ProgramPrologue.Signals(builder);
        ProgramPrologue.Unblock(builder);
        var number = link.ToString(CultureInfo.InvariantCulture);
        var command = _self.With("supervisor", "--serve", number, "--exec-root", _state.ExecRoot);
        var environment = SelfCommand.Environment();
        builder.Call(
            Syscall.Execve,
            builder.Text(file is null ? path : At.FdPath(file)),
            builder.Vector(command),
            builder.Vector(file is null ? environment : [.. environment, $"{SelfCommand.Sealed}={_self.Paths()[0]}"])
        );
        return builder.Build();
    }

    void Listen(SafeFileHandle link)
    {
        var buffer = new byte[4096];
        var descriptors = new List<SafeFileHandle>();
        while (true)
        {
            descriptors.Clear();
            var received = SocketMessage.Receive(link, buffer, descriptors, inheritable: true);
            if (received.Count == 0)
                return;
            _table.Apply(buffer.AsSpan(0, received.Count), descriptors);
        }
    }

    void ReapUntilEndOf(int supervisor, Thread listener)
    {
        while (true)
        {
            var pid = Children.WaitForAny();
            if (pid == 0)
                return;
            var supervisorEnded = pid == supervisor || Children.HasEnded(supervisor);
            // An adopted container may end before its entry was read from the socket: when the supervisor is dead the socket is read to
            // its end first.
            if (supervisorEnded && listener.IsAlive)
            {
                UnixSocket.Shutdown(_link!);
                listener.Join();
                KillUnfinishedLaunches();
            }
            if (pid == supervisor)
            {
                Children.Reap(pid);
                return;
            }
            Ended(pid);
        }
    }

    /// <summary>Records the end of an adopted container, then tells the supervisor; any other orphan is just reaped.</summary>
    void Ended(int pid)
    {
        var id = _table.Find(pid);
        _table.Forget(pid);
        // The pid stays taken until it is reaped, and the record is written before: a kill in between has the next keeper do it again.
        var status = Children.Peek(pid);
        if (id is { } known && status is { } ended)
        {
            using var file = EntryFile.Open(_state, known);
            file?.SetExit(EntryExit.From(ended));
        }
        Children.Reap(pid);
        if (id is { } entry && _link is { } link)
            SocketMessage.Send(link, new MessageWriter().Byte((byte)LinkMessage.Ended).Long(entry).Written, wait: false);
    }

    /// <summary>Processes that the dead supervisor was launching and told nobody about: nobody would ever end them.</summary>
    void KillUnfinishedLaunches()
    {
        if (!File.Exists(_state.Launches))
            return;
        using var file = PlainFile.OpenRead(_state.Launches);
        var cells = new byte[PlainFile.Size(file)];
        PlainFile.ReadAt(file, cells, 0);
        for (var at = 0; at + 4 <= cells.Length; at += 4)
        {
            var pid = BitConverter.ToInt32(cells, at);
            if (pid <= 0 || _table.Find(pid) is not null || !Children.IsChild(pid))
                continue;
            using var pidFd = PidFd.Open(pid);
            PidFd.Send(pidFd, Signals.SIGKILL);
        }
    }
}
