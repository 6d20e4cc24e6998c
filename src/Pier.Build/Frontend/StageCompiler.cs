using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Dockerfiles.Words;
using Pier.Build.Frontend.Checks;
using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>Turns the instructions of one stage after the other into vertices, configurations and history.</summary>
sealed partial class StageCompiler(
    Dockerfile file,
    DockerfileInput input,
    GlobalScope globals,
    StageTable stages,
    SourceCatalog sources,
    StepPool? pool,
    WorkBudget budget,
    CheckReport report,
    Places places
)
{
    const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ImageScheme = "docker-image://";

    readonly WordExpander _names = new(
        new WordOptions
        {
            Escape = file.Directives.Escape,
            KeepQuotes = true,
            KeepEscapes = true,
            KeepUnset = true,
        },
        budget
    );
    readonly ConfigCompiler _configuration = new(globals, budget, report);
    readonly WordExpander _bodies = new(new WordOptions { IgnoreQuotes = true }, budget);

    /// <summary>Asks for a stage's image before its turn comes, so that several are looked up at once.</summary>
    public void ResolveAhead(StageState stage)
    {
        if (ImageOf(stage) is { } image)
            _ = sources.ResolveAsync(image, stage.Platform);
    }

    // The image that FROM names, or null when it is no image.
    string? ImageOf(StageState stage)
    {
        if (stage.Parent is not null)
            return null;
        var context = stage.Replacement ?? input.NamedContexts.GetValueOrDefault(stage.BaseName.ToLowerInvariant());
        if (context is not null)
            return context.Address.StartsWith(ImageScheme, StringComparison.Ordinal) ? context.Address[ImageScheme.Length..] : null;
        return stage.BaseName == "scratch" ? null : stage.BaseName;
    }

    /// <summary>Puts the base in place; then the stage's instructions are known, those of ONBUILD included.</summary>
    public async Task BeginAsync(StageState stage)
    {
        var from = stage.Stage.From;
        stage.Work = stage.Replacement is not null ? [] : [.. stage.Stage.Instructions.Select(i => (i, false))];
        var image = ImageOf(stage);
        if (stage.Parent is { } parent)
            Inherit(stage, parent);
        else if (image is not null)
            StandOn(stage, (await sources.ResolveAsync(image, stage.Platform)).Config);
        else
            places.At(from, () => StandOnTree(stage));
        var triggers = stage.Config.OnBuild ?? [];
        stage.Config = stage.Config with { OnBuild = null };
        stage.Work.InsertRange(0, triggers.Select(t => (Dockerfile.ParseTrigger(t, from, file.Source, file.Directives.Escape), true)));
        stage.Steps = image is null ? 0 : 1;
        stage.TotalSteps = stage.Steps + stage.Work.Count(w => w.Instruction is RunInstruction or CopyInstruction or WorkdirInstruction);
        var name = $"{Prefix(stage, 1)}FROM {Reference(image ?? "")}";
        if (image is not null)
            stage.Tree = await sources.ImageAsync(image, stage.Platform, name);
        Emit(stage, from, "", changesTree: false, isTrigger: false);
    }

    void Inherit(StageState stage, StageState parent)
    {
        (stage.Tree, stage.Config, stage.BaseImage, stage.Author) = (parent.Tree, parent.Config, parent.BaseImage, parent.Author);
        stage.Variables = new EnvironmentList(parent.Variables);
        stage.ImageVariables = new EnvironmentList(parent.ImageVariables);
        stage.Arguments = new(parent.Arguments);
    }

    void StandOn(StageState stage, ImageConfig config)
    {
        stage.BaseImage = config;
        stage.Author = config.Author ?? "";
        // What a container has and an image has not is no part of what is inherited.
        stage.Config = (config.Config ?? new ContainerConfig()) with
        {
            Hostname = "",
            Domainname = "",
            Image = "",
            AttachStdin = false,
            AttachStdout = false,
            AttachStderr = false,
        };
        SetEnvironment(stage, stage.Config.Env ?? []);
        FromChecks.Platform(stage, config, report);
    }

    static string Reference(string image) => ImageReference.TryParse(image, out var parsed) ? parsed.WithDefaultTag().ToString() : image;

    bool StandOnTree(StageState stage)
    {
        var name = stage.Replacement is null ? stage.BaseName.ToLowerInvariant() : stage.Name!;
        stage.Tree = input.NamedContexts.TryGetValue(name, out var context) ? sources.Named(name, context) : sources.Scratch;
        stage.Config = new ContainerConfig { WorkingDir = "/" };
        SetEnvironment(stage, []);
        return true;
    }

    // An image without a PATH gets the usual one.
    static void SetEnvironment(StageState stage, string[] environment)
    {
        if (!environment.Any(e => e.StartsWith("PATH=", StringComparison.Ordinal)))
            environment = ["PATH=" + DefaultPath, .. environment];
        stage.Variables.SetAll(environment);
        stage.ImageVariables.SetAll(environment);
        stage.Config = stage.Config with { Env = environment };
    }

    /// <summary>Works through the instructions; every stage that they name is done.</summary>
    public async Task CompileAsync(StageState stage)
    {
        foreach (var (instruction, isTrigger) in stage.Work!)
        {
            try
            {
                await CompileAsync(stage, instruction, isTrigger);
            }
            catch (InstructionException e)
            {
                throw places.Error(instruction, e);
            }
        }
    }

    async Task CompileAsync(StageState stage, Instruction instruction, bool isTrigger)
    {
        budget.Spend(10);
        switch (instruction)
        {
            case RunInstruction run:
                await RunAsync(stage, run, isTrigger);
                break;
            case CopyInstruction copy:
                await CopyAsync(stage, copy, isTrigger);
                break;
            case WorkdirInstruction workdir:
                Workdir(stage, workdir, isTrigger);
                break;
            default:
                Emit(stage, instruction, _configuration.Apply(stage, instruction), changesTree: false, isTrigger);
                break;
        }
    }

    static void Emit(StageState stage, Instruction instruction, string createdBy, bool changesTree, bool isTrigger) =>
        stage.Results.Add(
            new BuildInstruction
            {
                Text = instruction.Heading.Text,
                CreatedBy = createdBy,
                Result = stage.Tree,
                ChangesTree = changesTree,
                Config = stage.Config,
                Stage = stage.Index,
                IsFinalStage = false,
                IsTrigger = isTrigger,
                Line = instruction.Heading.FirstLine,
                LastLine = instruction.Heading.LastLine,
            }
        );

    string Expand(StageState stage, Instruction instruction, string text) => _configuration.Expand(stage, instruction, text);

    // What progress calls a step: "[build 2/5] RUN make".
    string StepName(StageState stage, string text)
    {
        stage.Steps++;
        var shown = text;
        try
        {
            shown = _names.Word(text, name => stage.Variables[name]);
        }
        catch (InstructionException)
        {
            // A line for the shell need not be words in our sense.
        }
        if (shown.Length > DockerfileLimits.ExcerptLineLength)
            shown = shown[..DockerfileLimits.ExcerptLineLength] + "...";
        return Prefix(stage, stage.Steps) + shown;
    }

    // "[linux/arm64 build 2/5] ": the platform where there are several.
    string Prefix(StageState stage, int step)
    {
        var total = stage.TotalSteps.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var number = step.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(total.Length);
        return $"[{(pool is not null ? stage.Platform + " " : "")}{(stage.Label.Length > 0 ? stage.Label + " " : "")}{number}/{total}] ";
    }

    Vertex Pooled(Vertex step) => pool?.Same(step) ?? step;

    bool IgnoresCache(StageState stage) =>
        input.NoCache || input.NoCacheFilter.Any(f => f.Equals(stage.Name ?? stage.Label, StringComparison.OrdinalIgnoreCase));
}
