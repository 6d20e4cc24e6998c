using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Frontend.Checks;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>
/// Walks the stages that the target needs, each after those that it stands on or copies from, and puts the plan together.
/// </summary>
sealed class Planner
{
    readonly Dockerfile _file;
    readonly DockerfileInput _input;
    readonly CheckReport _report;
    readonly StageTable _stages;
    readonly SourceCatalog _sources;
    readonly StageCompiler _compiler;
    readonly GlobalScope _globals;

    /// <param name="sources">What comes from outside, shared by the plans of one build.</param>
    /// <param name="pool">The steps that they have in common; null for a plan that is alone.</param>
    public Planner(Dockerfile file, DockerfileInput input, SourceCatalog sources, StepPool? pool)
    {
        var budget = new WorkBudget();
        (_file, _input, _report) = (file, input, new CheckReport(file, input));
        var places = new Places(file.Source);
        _globals = new GlobalScope(file, input, budget, _report, places);
        _stages = new StageTable(file, input, _globals, budget, _report, places);
        _sources = sources;
        _compiler = new StageCompiler(file, input, _globals, _stages, _sources, pool, budget, _report, places);
    }

    public async Task<BuildPlan> PlanAsync() => Finish(await WalkAsync());

    public async Task<BuildOutline> OutlineAsync()
    {
        var target = await WalkAsync();
        return new Outliner(_file).Of(target, _globals, [.. _stages.All.Where(s => s.IsDone)]);
    }

    /// <summary>The warnings, whether the file wants them to be errors or not, and what keeps it from being built.</summary>
    public async Task<(IReadOnlyList<BuildWarning> Warnings, EngineException? Error)> CheckAsync()
    {
        try
        {
            await WalkAsync();
            return (_report.Found, null);
        }
        catch (EngineException e)
        {
            return (_report.Found, e);
        }
    }

    async Task<StageState> WalkAsync()
    {
        FileChecks.Run(_file, _report);
        var target = _stages.Find(_input.Target);
        foreach (var stage in _stages.NeededBy(target))
            _compiler.ResolveAhead(stage);
        await CompileAsync(target);
        return target;
    }

    // Depth first, on a stack of its own: files may have thousands of stages on top of each other.
    async Task CompileAsync(StageState target)
    {
        var (path, onPath) = (new Stack<StageState>([target]), new HashSet<StageState> { target });
        while (path.TryPeek(out var stage))
        {
            if (stage.Parent is { IsDone: false } parent)
            {
                Enter(parent, stage);
                continue;
            }
            if (stage.Work is null)
                await _compiler.BeginAsync(stage);
            if (_stages.CopiedBy(stage).FirstOrDefault(s => !s.IsDone) is { } missing)
            {
                Enter(missing, stage);
                continue;
            }
            await _compiler.CompileAsync(stage);
            stage.IsDone = true;
            onPath.Remove(path.Pop());
        }

        void Enter(StageState next, StageState from)
        {
            if (!onPath.Add(next))
                throw new DockerfileException(
                    $"circular dependency detected on stage: {next.Name ?? next.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)}",
                    _file.Source.Place(from.Stage.From.Heading.FirstLine, from.Stage.From.Heading.LastLine)
                );
            path.Push(next);
        }
    }

    BuildPlan Finish(StageState target)
    {
        var chain = new HashSet<int>();
        for (var stage = target; stage is not null; stage = stage.Parent)
            chain.Add(stage.Index);
        var instructions = _globals
            .Instructions(_sources.Scratch)
            .Concat(
                _stages.All.Where(s => s.IsDone).SelectMany(s => s.Results.Select(r => r with { IsFinalStage = chain.Contains(s.Index) }))
            );
        var config = target.Config;
        if (_input.Labels.Count > 0)
        {
            var labels = new Dictionary<string, string>(config.Labels ?? []);
            foreach (var (name, value) in _input.Labels)
                labels[name] = value;
            config = config with { Labels = labels };
        }
        _globals.ReportUnused();
        return new BuildPlan
        {
            Root = target.Tree,
            Config = config,
            Platform = target.Platform,
            Author = target.Author,
            BaseImage = target.BaseImage,
            Instructions = [.. instructions],
            SourceDate = _globals.SourceDate,
            Warnings = _report.Finish(),
        };
    }
}
