using System.Runtime.CompilerServices;
using Pier.Linux;
using Pier.Linux.Processes;
using Pier.Model;

namespace Pier.Runtime.Commands;

/// <summary>"pier runtime": the OCI runtime command line as runc has it, for containerd, podman and others.</summary>
public static class RuntimeProgram
{
    static readonly Dictionary<string, Func<RuntimeContext, IReadOnlyList<string>, int>> Commands = new()
    {
        ["create"] = LifecycleCommands.Create,
        ["start"] = LifecycleCommands.Start,
        ["run"] = LifecycleCommands.Run,
        ["delete"] = LifecycleCommands.Delete,
        ["kill"] = LifecycleCommands.Kill,
        ["exec"] = ExecCommand.Exec,
        ["state"] = InspectCommands.State,
        ["list"] = InspectCommands.List,
        ["ps"] = InspectCommands.Ps,
        ["events"] = InspectCommands.Events,
        ["pause"] = ChangeCommands.Pause,
        ["resume"] = ChangeCommands.Resume,
        ["update"] = ChangeCommands.Update,
        ["spec"] = DescribeCommands.Spec,
        ["features"] = DescribeCommands.Features,
    };

    /// <summary>Runs one command; the exit code is runc's: 1 for errors, the process's own for run and exec in the foreground.</summary>
    public static int Main(string[] args)
    {
        RuntimeOptions? options = null;
        try
        {
            Signals.DefaultChild();
            var line = CommandLine.Parse(
                args,
                ["root", "log", "log-format", "rootless", "criu"],
                ["debug", "systemd-cgroup", "version|v", "help|h"],
                stopAtOperand: true
            );
            options = Options(line);
            if (line.Has("version"))
                return DescribeCommands.Version();
            if (line.Has("help") || line.Operands.Count == 0 || line.Operands[0] == "help")
                return DescribeCommands.Help(Commands.Keys);
            // Only the native binary is one file that can run from anywhere.
            if (line.Operands[0] is "create" or "run" or "exec" && !RuntimeFeature.IsDynamicCodeSupported)
                SealedExecutable.Enter("PIER_SEALED", ["runtime", .. args]);
            if (!Commands.TryGetValue(line.Operands[0], out var command))
                throw new CommandException($"No help topic for '{line.Operands[0]}'", 3);
            return command(new RuntimeContext(options), line.Operands[1..]);
        }
        catch (CommandException e)
        {
            return RuntimeLog.Fatal(options, e.Message, e.ExitCode);
        }
        catch (Exception e) when (e is EngineException or LinuxException or IOException or UnauthorizedAccessException)
        {
            return RuntimeLog.Fatal(options, e.Message, 1);
        }
    }

    static RuntimeOptions Options(CommandLine line)
    {
        var format = line.Value("log-format") ?? "text";
        if (format is not ("text" or "json"))
            throw new CommandException($"invalid log-format: {format}");
        return new RuntimeOptions(
            line.Value("root") ?? "/run/pier-runtime",
            line.Value("log"),
            format == "json",
            line.Has("debug"),
            line.Has("systemd-cgroup")
        );
    }
}
