using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Cgroups;
using Pier.Linux.Descriptors;
using Pier.Linux.Processes;
using Pier.Model.Notation;
using Pier.Model.Runtime;

namespace Pier.Runtime.Commands;

/// <summary>create, start, run, kill, delete.</summary>
static class LifecycleCommands
{
    const int SigKill = 9,
        SigTerm = 15;
    static readonly string[] CreateValues = ["bundle|b", "console-socket", "pid-file", "preserve-fds", "pidfd-socket"];
    static readonly string[] CreateFlags = ["no-pivot", "no-new-keyring", "detach|d", "keep", "no-subreaper"];

    public static int Create(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, CreateValues, CreateFlags);
        new ContainerCreator(context).Create(Request(line, foreground: false));
        return 0;
    }

    static CreateRequest Request(CommandLine line, bool foreground)
    {
        var id = Id(line);
        var preserve = line.Value("preserve-fds") is { } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= 1000
                ? n
                : throw new CommandException($"invalid --preserve-fds {text}")
            : 0;
        return new CreateRequest(
            id,
            Path.GetFullPath(line.Value("bundle") ?? "."),
            line.Value("console-socket"),
            line.Value("pid-file"),
            preserve,
            foreground && line.Value("console-socket") is null
        );
    }

    public static string Id(CommandLine line) =>
        line.Operands.Count == 1
            ? line.Operands[0]
            : throw new CommandException(line.Operands.Count == 0 ? "container ID required" : "more than one container ID");

    public static int Start(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        Start(context, context.States.Load(Id(CommandLine.Parse(arguments, [], []))));
        return 0;
    }

    static void Start(RuntimeContext context, ContainerState state)
    {
        switch (context.States.Status(state))
        {
            case "created":
                break;
            case "stopped":
                throw new CommandException("cannot start a container that has stopped");
            default:
                throw new CommandException("cannot start an already running container");
        }
        HookRunner.Run(state.Hooks?.StartContainer, "startContainer", context.States.Describe(state), state.InitProcessPid);
        using (var fifo = PlainFile.OpenExisting(context.States.Fifo(state.Id)))
        {
            if (Pipe.Write(fifo, "s"u8).Count != 1)
                throw new CommandException("cannot start a container that has stopped");
            File.Delete(context.States.Fifo(state.Id));
        }
        HookRunner.TryRun(state.Hooks?.Poststart, "poststart", context.States.Describe(state, "running"));
    }

    public static int Run(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, CreateValues, CreateFlags);
        var detach = line.Has("detach");
        var (state, master) = new ContainerCreator(context).Create(Request(line, foreground: !detach));
        // Before it starts: an ended child of ours stays a zombie with its exit code until it is waited for.
        using var init = PidFd.Open(state.InitProcessPid);
        using var forwarding = detach ? null : new SignalForwarding(init);
        using var console = master is null ? null : new ForegroundConsole(master);
        Start(context, state);
        if (detach)
            return 0;
        var status = PidFd.Wait(init);
        console?.Drain();
        if (!line.Has("keep"))
            Remove(context, state);
        return status.Code;
    }

    static int Signal(string text) =>
        SignalName.TryParse(text, out var number) ? number : throw new CommandException($"unknown signal \"{text}\"");

    public static int Kill(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, [], ["all|a"]);
        if (line.Operands.Count is 0 or > 2)
            throw new CommandException("container ID required");
        var state = context.States.Load(line.Operands[0]);
        var signal = line.Operands.Count == 2 ? Signal(line.Operands[1]) : SigTerm;
        if (line.Has("all"))
        {
            context.States.Group(state).SignalAll(signal);
            return 0;
        }
        if (context.States.Status(state) == "stopped")
            throw new CommandException("container not running");
        SignalInit(context, state, signal);
        return 0;
    }

    static void SignalInit(RuntimeContext context, ContainerState state, int signal)
    {
        try
        {
            using var init = PidFd.Open(state.InitProcessPid);
            // The descriptor pins whoever has the number now; its start time says whether that is the container.
            if (ProcessFile.Find(state.InitProcessPid)?.StartTime != state.InitProcessStart || !PidFd.Send(init, signal))
                throw new CommandException("container not running");
            // A frozen process takes SIGKILL only once it is thawed (cgroup v1).
            if (signal == SigKill && Freezer.IsAsked(context.States.Group(state)))
                Freezer.Thaw(context.States.Group(state));
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            throw new CommandException("container not running", inner: e);
        }
    }

    public static int Delete(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(arguments, [], ["force|f"]);
        var id = Id(line);
        ContainerState state;
        try
        {
            state = context.States.Load(id);
        }
        catch (CommandException) when (line.Has("force"))
        {
            context.States.Remove(id); // half made, or nothing
            return 0;
        }
        var status = context.States.Status(state);
        if (status is "created" || status != "stopped" && line.Has("force"))
            End(context, state);
        else if (status != "stopped")
            throw new CommandException($"cannot delete container {id} that is not stopped: {status}");
        Remove(context, state);
        return 0;
    }

    static void End(RuntimeContext context, ContainerState state)
    {
        try
        {
            SignalInit(context, state, SigKill);
        }
        catch (CommandException)
        {
            return; // it has ended by itself
        }
        for (var i = 0; i < 1000 && context.States.Status(state) != "stopped"; i++)
            Thread.Sleep(10);
        if (context.States.Status(state) != "stopped")
            throw new CommandException($"container {state.Id} is still running");
    }

    static void Remove(RuntimeContext context, ContainerState state)
    {
        var group = context.States.Group(state);
        if (!group.Delete(TimeSpan.Zero))
        {
            group.SignalAll(SigKill);
            if (!group.Delete(TimeSpan.FromSeconds(10)))
                throw new CommandException($"unable to remove the control group {state.CgroupPath}");
        }
        HookRunner.TryRun(state.Hooks?.Poststop, "poststop", context.States.Describe(state, "stopped"));
        context.States.Remove(state.Id);
    }
}
