using System.Text;
using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Dockerfiles.Lines;
using Pier.Build.Graph;

namespace Pier.Build.Frontend;

// RUN.
sealed partial class StageCompiler
{
    const string DocumentDirectory = "/dev/pipes";

    async Task RunAsync(StageState stage, RunInstruction instruction, bool isTrigger)
    {
        if (instruction.Command.Words.Count == 0)
            throw new InstructionException("RUN requires at least one argument");
        var mounts = new List<RunMount>();
        var agents = 0;
        foreach (var options in instruction.Mounts)
            mounts.Add(await MountAsync(stage, instruction, options, () => agents++));
        var (command, script) = WithDocuments(instruction);
        if (script is not null)
            mounts.Add(script);
        var words = command.With(stage.Config.Shell ?? ConfigCompiler.DefaultShell);
        var arguments = HistoryArguments(stage);
        stage.Tree = Pooled(
            new RunStep
            {
                Name = StepName(stage, NameOf(instruction)),
                Base = stage.Tree,
                Arguments = words,
                Environment = RunEnvironment(stage, mounts),
                WorkingDirectory = stage.Config.WorkingDir.Length > 0 ? stage.Config.WorkingDir : "/",
                User = stage.Config.User,
                Mounts = mounts,
                Network = instruction.Network switch
                {
                    "none" => RunNetwork.None,
                    "host" => RunNetwork.Host,
                    _ => RunNetwork.Default,
                },
                Insecure = instruction.Security == "insecure",
                UncachedEnvironment = Proxies(stage),
                IgnoreCache = IgnoresCache(stage),
                Platform = stage.Platform,
            }
        );
        Emit(stage, instruction, $"RUN {string.Join(' ', [.. arguments, .. words])} # buildkit", changesTree: true, isTrigger);
    }

    // Arguments stand in the history, as they were when the command ran: "|1 VERSION=2 /bin/sh -c make".
    IEnumerable<string> HistoryArguments(StageState stage)
    {
        var given = stage
            .Arguments.Where(a => a.Value is not null && !PredefinedArguments.Proxies.Contains(a.Key))
            .Select(a => $"{a.Key}={stage.Variables[a.Key]}")
            .ToList();
        budget.Spend(given.Sum(g => g.Length + 1L));
        return given.Count == 0 ? [] : [$"|{given.Count}", .. given];
    }

    static IReadOnlyList<string> RunEnvironment(StageState stage, List<RunMount> mounts)
    {
        IEnumerable<string> lines = stage.Variables.Lines();
        if (mounts.OfType<SshMount>().FirstOrDefault() is { } agent && stage.Variables["SSH_AUTH_SOCK"] is null)
            lines = lines.Append("SSH_AUTH_SOCK=" + agent.Target);
        return lines as IReadOnlyList<string> ?? [.. lines];
    }

    // An ARG of the file makes a proxy an argument like any other.
    IReadOnlyList<string> Proxies(StageState stage) =>
        [
            .. PredefinedArguments
                .Proxies.Where(p => !stage.Arguments.ContainsKey(p))
                .Select(p => (Name: p, Value: globals.Given(p)))
                .Where(p => p.Value is not null)
                .Select(p => $"{p.Name}={p.Value}"),
        ];

    // A command that is a here-document alone is its text: a script of its own when it begins with "#!", lines for the shell otherwise.
    // Any other is the
    // shell's to read, documents and all.
    (CommandForm Command, BindMount? Script) WithDocuments(RunInstruction instruction)
    {
        if (instruction.Heredocs is not [var first, ..])
            return (instruction.Command, null);
        var text = instruction.Command.Words[0];
        if (Heredoc.Parse(text) is null)
            return (new CommandForm([text + string.Concat(instruction.Heredocs.Select(h => $"\n{h.Body}{h.Name}"))], true), null);
        if (!first.Text.StartsWith("#!", StringComparison.Ordinal))
            return (new CommandForm([first.Text], true), null);
        var name = first.Name.Split('/')[^1];
        if (name is "" or "." or "..")
            throw new InstructionException($"a here-document's name cannot be a file's: {first.Name}", first.Name);
        var file = new FileStep
        {
            Name = "[internal] preparing inline document",
            Base = sources.Scratch,
            Actions =
            [
                new WriteAction
                {
                    Destination = "/" + name,
                    FileName = name,
                    Content = Encoding.UTF8.GetBytes(first.Text),
                    Mode = "0755",
                },
            ],
        };
        return (new CommandForm([$"{DocumentDirectory}/{name}"], true), new BindMount { From = Pooled(file), Target = DocumentDirectory });
    }

    static string NameOf(RunInstruction instruction)
    {
        if (instruction.Heredocs is not [var first, ..])
            return instruction.Heading.Text;
        var lines = first.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? instruction.Heading.Text : $"{instruction.Heading.Text} ({lines[0]}{(lines.Length > 1 ? "..." : "")})";
    }
}
