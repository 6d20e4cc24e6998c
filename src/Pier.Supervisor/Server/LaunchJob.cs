using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Processes;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Keeper;
using Pier.Supervisor.Logs;

namespace Pier.Supervisor.Server;

/// <summary>What a client asked for.</summary>
sealed record LaunchOrder(
    long Id,
    string Key,
    ProcessStdio Stdio,
    LogTarget? Log,
    byte[]? Program,
    SafeFileHandle[] Descriptors,
    int Held,
    ClientConnection Client,
    int Request
);

/// <summary>One launch: runs on a launcher thread, its outcome is used on the loop's.</summary>
sealed class LaunchJob(LaunchOrder order, StateDirectory state, KeeperLink link)
{
    public LaunchOrder Order { get; } = order;

    /// <summary>Set when it worked.</summary>
    public (EntryFile File, KeptEntry Kept, JsonLog? Log)? Launched { get; private set; }

    /// <summary>The op that failed and its errno.</summary>
    public (int Op, int Errno)? Failure { get; private set; }

    /// <summary>Any other reason.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Does it. Never throws.</summary>
    public void Run(Launcher launcher, PidCells cells)
    {
        try
        {
            Launch(launcher, cells);
        }
        catch (Exception e) when (e is LinuxException or InvalidDataException or IOException)
        {
            Error = e;
        }
        finally
        {
            cells.Clear();
            foreach (var fd in Order.Descriptors)
                fd.Dispose();
        }
    }

    void Launch(Launcher launcher, PidCells cells)
    {
        var (program, given) = Decode();
        var imports = given[..^Order.Held];
        var devpts = program.Imports.Where(i => i is not ("stdin" or "stdout" or "stderr")).ToList().IndexOf("devpts");
        var stdio = new StdioSet(Order.Stdio, devpts >= 0 && devpts < imports.Length ? imports[devpts] : null);
        JsonLog? log = null;
        var done = false;
        try
        {
            log = Order.Log is { } target ? new JsonLog(target) : null;
            using var loaded = new LoadedProgram(program, Imports(program, stdio, imports));
            var result = launcher.Launch(loaded, cells: cells);
            if (result.Failed)
                Failure = (result.FailedOp, result.Errno);
            else
                Launched = (Record(result), Keep(result, stdio, given[^Order.Held..]), log);
            done = Launched is not null;
        }
        finally
        {
            if (done)
                stdio.CloseGiven();
            else
                stdio.Dispose();
            if (!done)
                log?.Dispose();
        }
    }

    /// <summary>The record first, then the descriptors: the keeper never holds a process that has no record.</summary>
    EntryFile Record(LaunchResult result)
    {
        try
        {
            return EntryFile.Create(
                state,
                new EntryRecord(
                    Order.Id,
                    Order.Key,
                    result.Pid,
                    ProcessStat.StartTicks(result.Pid),
                    DateTime.UtcNow,
                    Order.Stdio,
                    Order.Log
                )
            );
        }
        catch (LinuxException)
        {
            using (result.PidFd)
            {
                PidFd.Send(result.PidFd!, Signals.SIGKILL);
                PidFd.Wait(result.PidFd!);
            }
            throw;
        }
    }

    KeptEntry Keep(LaunchResult result, StdioSet stdio, SafeFileHandle[] held)
    {
        var kept = new KeptEntry(Order.Id, result.Pid);
        foreach (var (role, fd) in stdio.Kept)
            kept.Descriptors[role] = fd;
        kept.Descriptors[Role.PidFd] = result.PidFd!;
        for (var i = 0; i < held.Length; i++)
            kept.Descriptors[(Role)((int)Role.Held + i)] = Descriptor.Duplicate(held[i]);
        link.Keep(Order.Id, result.Pid, [.. kept.Descriptors.Select(d => (d.Key, d.Value))]);
        return kept;
    }

    (LaunchProgram Program, SafeFileHandle[] Given) Decode()
    {
        var given = Order.Descriptors;
        var wire = Order.Program;
        if (wire is null)
        {
            if (given.Length == 0)
                throw new InvalidDataException("launch: the program's memfd is missing");
            var size = PlainFile.Size(given[0]);
            if (size > LaunchProgramCodec.MaxSize)
                throw new InvalidDataException("launch: the program is too large");
            wire = new byte[size];
            PlainFile.ReadAt(given[0], wire, 0);
            given = given[1..];
        }
        if (Order.Held > given.Length)
            throw new InvalidDataException("launch: descriptors are missing");
        return (LaunchProgramCodec.Decode(wire), given);
    }

    static List<SafeFileHandle> Imports(LaunchProgram program, StdioSet stdio, SafeFileHandle[] given)
    {
        var next = 0;
        var imports = program
            .Imports.Select(name =>
                name switch
                {
                    "stdin" => stdio.Stdin,
                    "stdout" => stdio.Stdout,
                    "stderr" => stdio.Stderr,
                    _ => next < given.Length ? given[next++] : throw new InvalidDataException($"launch: no descriptor for import {name}"),
                }
            )
            .ToList();
        return next == given.Length ? imports : throw new InvalidDataException("launch: more descriptors than imports");
    }
}
