using System.Diagnostics;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Capabilities;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;
using Pier.Model.Runtime;

namespace Pier.Runtime.Commands;

/// <summary>
/// Runs hooks (config.md, "POSIX-platform Hooks"): the container's state on stdin, nothing else inherited but stdout and stderr.
/// </summary>
static class HookRunner
{
    /// <summary>
    /// Runs hooks one after another; the first that fails ends it. With <paramref name="inside"/> they run in the namespaces of that
    /// process.
    /// </summary>
    public static void Run(IReadOnlyList<Hook>? hooks, string kind, State state, int inside = 0)
    {
        foreach (var (hook, index) in (hooks ?? []).Select((h, i) => (h, i)))
        {
            var status = One(hook, state, inside, out var timedOut);
            if (timedOut)
                throw new CommandException($"error running {kind} hook #{index}: hook ran past specified timeout of {hook.Timeout}s");
            if (status.Code != 0)
                throw new CommandException($"error running {kind} hook #{index}: {status}");
        }
    }

    /// <summary>The same for hooks whose failure is only logged (poststart, poststop).</summary>
    public static void TryRun(IReadOnlyList<Hook>? hooks, string kind, State state)
    {
        try
        {
            Run(hooks, kind, state);
        }
        catch (CommandException e)
        {
            Console.Error.WriteLine($"warning: {e.Message}");
        }
    }

    static ProcessStatus One(Hook hook, State state, int inside, out bool timedOut)
    {
        using var input = PlainFile.InMemory("state");
        PlainFile.WriteAt(input, JsonSerializer.SerializeToUtf8Bytes(state, RuntimeJson.Default.State), 0);
        using var container = inside > 0 ? PidFd.Open(inside) : null;
        var program = Compile(hook, inside > 0 ? NamespaceFile.Different(inside) & ~CloneFlags.NewPid : 0);
        using var loaded = new LoadedProgram(program, container is null ? [input] : [input, container]);
        using var launcher = new Launcher();
        var result = launcher.Launch(loaded);
        if (result.Failed)
            throw new CommandException($"error running hook {hook.Path}: {LaunchError.Describe(program, result.FailedOp, result.Errno)}");
        using (result.PidFd)
            return Wait(result.PidFd!, hook.Timeout, out timedOut);
    }

    static LaunchProgram Compile(Hook hook, CloneFlags namespaces)
    {
        var b = new ProgramBuilder();
        var input = b.Import("stdin");
        Slot? container = namespaces == 0 ? null : b.Import("container");
        ProgramPrologue.Signals(b);
        b.About($"hook {hook.Path}");
        b.Call(Syscall.Dup3, input, 0, 0);
        b.Call(Syscall.CloseRange, 3, uint.MaxValue, 4);
        if (container is { } pidFd)
        {
            b.Call(Syscall.Prctl, CapabilityCalls.PrSetDumpable, 0);
            b.Call(Syscall.Setns, pidFd, (ulong)namespaces);
        }
        ProgramPrologue.Unblock(b);
        b.About($"hook {hook.Path}");
        b.Call(
            Syscall.Execve,
            b.Text(hook.Path),
            b.Vector(hook.Args is { Count: > 0 } args ? args : [hook.Path]),
            b.Vector(hook.Env ?? [])
        );
        return b.Build();
    }

    static ProcessStatus Wait(SafeFileHandle pidFd, int? seconds, out bool timedOut)
    {
        timedOut = false;
        if (seconds is not > 0)
            return PidFd.Wait(pidFd);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(seconds.Value))
        {
            if (PidFd.Peek(pidFd, out _) is not null)
                return PidFd.Wait(pidFd);
            Thread.Sleep(5);
        }
        timedOut = true;
        PidFd.Send(pidFd, Signals.SIGKILL);
        return PidFd.Wait(pidFd);
    }
}
