using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;
using Pier.Runtime.Launch;
using Pier.Runtime.Seccomp;
using Pier.Runtime.Users;

namespace Pier.Runtime.Commands;

/// <summary>exec: another process in a running container.</summary>
static class ExecCommand
{
    public static int Exec(RuntimeContext context, IReadOnlyList<string> arguments)
    {
        var line = CommandLine.Parse(
            arguments,
            [
                "process|p",
                "console-socket",
                "pid-file",
                "cwd",
                "env|e",
                "user|u",
                "additional-gids|g",
                "cap|c",
                "preserve-fds",
                "apparmor",
                "process-label",
                "cgroup",
                "pidfd-socket",
            ],
            ["detach|d", "tty|t", "no-new-privs", "no-subreaper", "ignore-paused"],
            stopAtOperand: true
        );
        if (line.Operands.Count == 0)
            throw new CommandException("container ID required");
        var state = context.States.Load(line.Operands[0]);
        var status = context.States.Status(state);
        if (status == "stopped")
            throw new CommandException("cannot exec in a stopped container", 255);
        if (status == "paused" && !line.Has("ignore-paused"))
            throw new CommandException("cannot exec in a paused container (use --ignore-paused to override)", 255);
        var process = ProcessOf(state, line);
        var detach = line.Has("detach");
        if (process.Terminal && detach && line.Value("console-socket") is null)
            throw new CommandException("cannot allocate tty if runc will detach without setting console socket", 255);
        return Launch(context, state, process, line, detach);
    }

    static int Launch(RuntimeContext context, ContainerState state, Process process, CommandLine line, bool detach)
    {
        using var preparation = new Preparation();
        using var container = PidFd.Open(state.InitProcessPid);
        preparation.Lend("container", container);
        var devpts = process.Terminal ? Devpts(state.InitProcessPid) : null;
        using (devpts)
        {
            using var stdio = process.Terminal
                ? RuntimeStdio.Terminal(preparation, devpts, process.ConsoleSize)
                : RuntimeStdio.Inherited(preparation);
            var program = Compile(context, state, process, preparation, stdio.Own, Preserved(line));
            using var loaded = new LoadedProgram(program, preparation.ImportsOf(program, withStdio: true));
            using var launcher = new Launcher();
            var result = launcher.Launch(loaded);
            if (result.Failed)
                throw new CommandException(
                    $"exec failed: unable to start container process: {LaunchError.Describe(program, result.FailedOp, result.Errno)}",
                    255
                );
            using var started = result.PidFd!;
            if (stdio.Master is { } master && line.Value("console-socket") is { } socket)
                ConsoleSocket.Send(socket, master);
            if (line.Value("pid-file") is { } file)
                ContainerCreator.WritePidFile(file, result.Pid);
            if (detach)
                return 0;
            using var forwarding = new SignalForwarding(started);
            using var console =
                stdio.Master is { } own && line.Value("console-socket") is null
                    ? new ForegroundConsole(Linux.Descriptors.Descriptor.Duplicate(own))
                    : null;
            preparation.Dispose(); // the terminal's other end: its master must see the process's end
            var status = PidFd.Wait(started);
            console?.Drain();
            return status.Code;
        }
    }

    static LaunchProgram Compile(
        RuntimeContext context,
        ContainerState state,
        Process process,
        Preparation preparation,
        int own,
        int preserved
    )
    {
        var names = new List<string>();
        foreach (var (name, procs) in context.States.Group(state).OpenProcs())
        {
            preparation.Own($"cgroup.{name}", procs);
            names.Add(name);
        }
        var facts = new ExecFacts
        {
            Key = state.Id,
            Cgroups = names,
            Namespaces = NamespaceFile.Different(state.InitProcessPid),
            OwnStdio = own,
            PreservedFds = preserved,
        };
        if (context.States.Status(state) == "stopped")
            throw new CommandException("cannot exec in a stopped container", 255);
        var seccomp = state.Seccomp is { } filter ? SeccompTranslator.Compile(filter, RuntimeInformation.ProcessArchitecture) : null;
        process = HomeDirectory.Ensure(
            process,
            () => At.Open(At.WorkingDirectory, $"/proc/{state.InitProcessPid}/root", OpenFlags.Path | OpenFlags.Directory)
        );
        if (process.Capabilities is null)
            process = process with { Capabilities = state.Process?.Capabilities };
        return ExecCompiler.Compile(process, context.Host, facts, seccomp);
    }

    static SafeFileHandle Devpts(int pid)
    {
        using var root = At.Open(At.WorkingDirectory, $"/proc/{pid}/root", OpenFlags.Path | OpenFlags.Directory);
        var devpts = At.FindIn(root, "dev/pts", OpenFlags.Directory, Resolve.InRoot | Resolve.NoMagicLinks | Resolve.NoSymlinks);
        return devpts is not null && FileSystem.Of(devpts).Magic == FileSystem.DevPts
            ? devpts
            : throw new CommandException("the container has no /dev/pts", 255);
    }

    static int Preserved(CommandLine line) => int.TryParse(line.Value("preserve-fds"), out var n) && n is >= 0 and <= 1000 ? n : 0;

    static Process ProcessOf(ContainerState state, CommandLine line)
    {
        if (line.Value("process") is { } path)
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeJson.Default.Process)
                ?? throw new CommandException($"{path} is empty", 255);
        }
        if (line.Operands.Count < 2)
            throw new CommandException("process args cannot be empty", 255);
        var basis = state.Process ?? new Process();
        var process = basis with
        {
            Terminal = line.Has("tty"),
            Args = line.Operands[1..],
            Cwd = line.Value("cwd") ?? basis.Cwd,
            Env = [.. basis.Env, .. line.Values("env")],
            NoNewPrivileges = basis.NoNewPrivileges || line.Has("no-new-privs"),
            ApparmorProfile = line.Value("apparmor") ?? basis.ApparmorProfile,
            User = UserOf(basis.User, line),
        };
        var caps = line.Values("cap");
        if (caps.Count == 0 || process.Capabilities is not { } sets)
            return process;
        return process with
        {
            Capabilities = sets with
            {
                Bounding = [.. sets.Bounding ?? [], .. caps],
                Effective = [.. sets.Effective ?? [], .. caps],
                Permitted = [.. sets.Permitted ?? [], .. caps],
            },
        };
    }

    static User UserOf(User basis, CommandLine line)
    {
        var groups = line.Values("additional-gids");
        var user = groups.Count == 0 ? basis : basis with { AdditionalGids = [.. groups.Select(Id)] };
        if (line.Value("user") is not { } text)
            return user;
        var parts = text.Split(':');
        return user with { Uid = Id(parts[0]), Gid = parts.Length > 1 ? Id(parts[1]) : user.Gid };
    }

    static uint Id(string text) =>
        uint.TryParse(text, out var id) && id <= int.MaxValue ? id : throw new CommandException($"parsing {text} as int failed", 255);
}
