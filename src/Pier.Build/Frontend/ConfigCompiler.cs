using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Frontend.Checks;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Model.Notation;

namespace Pier.Build.Frontend;

/// <summary>Instructions that change the configuration alone.</summary>
sealed class ConfigCompiler(GlobalScope globals, WorkBudget budget, CheckReport report)
{
    /// <summary>Used where neither image nor file says which.</summary>
    public static readonly string[] DefaultShell = ["/bin/sh", "-c"];

    /// <summary>Changes the stage's configuration; answers with the line of the history.</summary>
    public string Apply(StageState stage, Instruction instruction) =>
        instruction switch
        {
            ArgInstruction arg => Arg(stage, arg),
            EnvInstruction env => Env(stage, env),
            LabelInstruction label => Label(stage, label),
            CmdInstruction cmd => Cmd(stage, cmd),
            EntrypointInstruction entrypoint => Entrypoint(stage, entrypoint),
            ExposeInstruction expose => Expose(stage, expose),
            VolumeInstruction volume => Volume(stage, volume),
            UserInstruction user => User(stage, user),
            StopSignalInstruction signal => StopSignal(stage, signal),
            HealthcheckInstruction health => Healthcheck(stage, health),
            ShellInstruction shell => Shell(stage, shell),
            MaintainerInstruction maintainer => Maintainer(stage, maintainer),
            OnbuildInstruction onbuild => Onbuild(stage, onbuild),
            _ => throw new InstructionException($"unknown instruction: {instruction.Word}"),
        };

    /// <summary>A value as the instruction means it; what is used without being set is worth a warning.</summary>
    public string Expand(StageState stage, Instruction instruction, string text)
    {
        var unset = new List<string>();
        var value = globals.Expander.Expand(text, name => stage.Variables[name], unset);
        VariableChecks.Undefined(stage, instruction, unset, report);
        return value;
    }

    /// <summary>Makes the directory of WORKDIR the stage's; answers with its full path.</summary>
    public string WorkingDirectory(StageState stage, WorkdirInstruction instruction)
    {
        var path = Expand(stage, instruction, instruction.Path);
        if (path.Length == 0)
            throw new InstructionException("cannot normalize nothing", instruction.Path);
        VariableChecks.RelativeWorkdir(stage, instruction, path, report);
        var directory = CleanPath.Join(stage.Config.WorkingDir, path);
        stage.Config = stage.Config with { WorkingDir = directory };
        return directory;
    }

    string Arg(StageState stage, ArgInstruction instruction)
    {
        var words = new List<string>();
        foreach (var (name, written) in instruction.Arguments)
        {
            var value = globals.Given(name) ?? (written is null ? globals.Value(name) : Expand(stage, instruction, written));
            stage.Arguments[name] = value;
            if (value is not null)
                stage.Variables.Set(name, value);
            words.Add(value is null ? name : $"{name}={value}");
        }
        return "ARG " + string.Join(' ', words);
    }

    string Env(StageState stage, EnvInstruction instruction)
    {
        // All of a line see the variables from before the line.
        var pairs = Expanded(stage, instruction, instruction.Pairs);
        foreach (var (name, value) in pairs)
        {
            stage.Variables.Set(name, value);
            stage.ImageVariables.Set(name, value);
        }
        stage.Config = stage.Config with { Env = stage.ImageVariables.Lines() };
        return "ENV " + string.Join(' ', pairs.Select(p => $"{p.Name}={p.Value}"));
    }

    string Label(StageState stage, LabelInstruction instruction)
    {
        var pairs = Expanded(stage, instruction, instruction.Pairs);
        budget.Spend((stage.Config.Labels?.Count ?? 0) * 4L);
        var labels = new Dictionary<string, string>(stage.Config.Labels ?? []);
        foreach (var (name, value) in pairs)
            labels[name] = value;
        stage.Config = stage.Config with { Labels = labels };
        return "LABEL " + string.Join(' ', pairs.Select(p => $"{p.Name}={p.Value}"));
    }

    List<Pair> Expanded(StageState stage, Instruction instruction, IReadOnlyList<Pair> pairs)
    {
        var expanded = pairs.Select(p => new Pair(Expand(stage, instruction, p.Name), Expand(stage, instruction, p.Value))).ToList();
        return expanded.TrueForAll(p => p.Name.Length > 0)
            ? expanded
            : throw new InstructionException($"{instruction.Word} names can not be blank");
    }

    string Cmd(StageState stage, CmdInstruction instruction)
    {
        var words = instruction.Command.With(stage.Config.Shell ?? DefaultShell);
        stage.HasCommand = true;
        stage.Config = stage.Config with { Cmd = words };
        return "CMD " + GoQuote.List(words);
    }

    // An ENTRYPOINT takes away the base's CMD, which was meant for another program, and leaves one of its own stage.
    string Entrypoint(StageState stage, EntrypointInstruction instruction)
    {
        // Without words it takes the base's away.
        var words = instruction.Command.Words.Count == 0 ? [] : instruction.Command.With(stage.Config.Shell ?? DefaultShell);
        stage.Config = stage.Config with { Entrypoint = words.Length > 0 ? words : null, Cmd = stage.HasCommand ? stage.Config.Cmd : null };
        return "ENTRYPOINT " + GoQuote.List(words);
    }

    string Expose(StageState stage, ExposeInstruction instruction)
    {
        var words = instruction.Ports.SelectMany(p => ExpandWords(stage, instruction, p));
        var ports = words.SelectMany(p => ExposedPorts.Parse(p, budget)).ToList();
        budget.Spend((stage.Config.ExposedPorts?.Count ?? 0) * 4L);
        var exposed = new Dictionary<string, EmptyObject>(stage.Config.ExposedPorts ?? []);
        foreach (var port in ports)
            exposed[port] = EmptyObject.Instance;
        stage.Config = stage.Config with { ExposedPorts = exposed };
        return $"EXPOSE map[{string.Join(' ', ports.Distinct().Order(StringComparer.Ordinal).Select(p => p + ":{}"))}]";
    }

    IReadOnlyList<string> ExpandWords(StageState stage, Instruction instruction, string text)
    {
        var unset = new List<string>();
        var words = globals.Expander.ExpandWords(text, name => stage.Variables[name], unset);
        VariableChecks.Undefined(stage, instruction, unset, report);
        return words;
    }

    string Volume(StageState stage, VolumeInstruction instruction)
    {
        var paths = instruction.Paths.Select(p => Expand(stage, instruction, p)).ToList();
        if (paths.Exists(p => p.Length == 0))
            throw new InstructionException("VOLUME specified can not be an empty string");
        budget.Spend((stage.Config.Volumes?.Count ?? 0) * 4L);
        var volumes = new Dictionary<string, EmptyObject>(stage.Config.Volumes ?? []);
        foreach (var path in paths)
            volumes[path] = EmptyObject.Instance;
        stage.Config = stage.Config with { Volumes = volumes };
        return $"VOLUME [{string.Join(' ', paths)}]";
    }

    string User(StageState stage, UserInstruction instruction)
    {
        var user = Expand(stage, instruction, instruction.User);
        stage.Config = stage.Config with { User = user };
        return "USER " + user;
    }

    string StopSignal(StageState stage, StopSignalInstruction instruction)
    {
        var signal = Expand(stage, instruction, instruction.Signal);
        if (!SignalName.TryParse(signal, out _))
            throw new InstructionException($"Invalid signal: {signal}", instruction.Signal);
        stage.Config = stage.Config with { StopSignal = signal };
        return "STOPSIGNAL " + signal;
    }

    static string Healthcheck(StageState stage, HealthcheckInstruction instruction)
    {
        string[] test = instruction.Command switch
        {
            null => ["NONE"],
            { IsShell: true } line => ["CMD-SHELL", string.Join(' ', line.Words)],
            var command => ["CMD", .. command.Words],
        };
        stage.Config = stage.Config with
        {
            Healthcheck = new HealthConfig
            {
                Test = test,
                Interval = Given(instruction.Interval),
                Timeout = Given(instruction.Timeout),
                StartPeriod = Given(instruction.StartPeriod),
                StartInterval = Given(instruction.StartInterval),
                Retries = instruction.Retries == 0 ? null : instruction.Retries,
            },
        };
        long[] all = [instruction.Interval, instruction.Timeout, instruction.StartPeriod, instruction.StartInterval];
        var times = all.Select(t => $"\"{GoDuration.Text(t)}\"");
        // As Go prints the record: retries are shown as a character.
        return $"HEALTHCHECK &{{{GoQuote.List(test)} {string.Join(' ', times)} '\\x{instruction.Retries:x2}'}}";

        static long? Given(long nanoseconds) => nanoseconds == 0 ? null : nanoseconds;
    }

    static string Shell(StageState stage, ShellInstruction instruction)
    {
        stage.Config = stage.Config with { Shell = [.. instruction.Shell] };
        return $"SHELL [{string.Join(' ', instruction.Shell)}]";
    }

    static string Maintainer(StageState stage, MaintainerInstruction instruction)
    {
        stage.Author = instruction.Name;
        return "MAINTAINER " + instruction.Name;
    }

    string Onbuild(StageState stage, OnbuildInstruction instruction)
    {
        budget.Spend((stage.Config.OnBuild?.Length ?? 0) + 1L);
        stage.Config = stage.Config with { OnBuild = [.. stage.Config.OnBuild ?? [], instruction.Trigger] };
        return "ONBUILD " + instruction.Trigger;
    }
}
