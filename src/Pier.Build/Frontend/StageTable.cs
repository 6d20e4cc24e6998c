using System.Globalization;
using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Frontend.Checks;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>The stages by name and number, and which need which.</summary>
sealed class StageTable
{
    readonly List<StageState> _stages = [];
    readonly Dictionary<string, StageState> _byName = [];
    readonly DockerfileInput _input;
    readonly Places _places;

    public StageTable(Dockerfile file, DockerfileInput input, GlobalScope globals, WorkBudget budget, CheckReport report, Places places)
    {
        (_input, _places) = (input, places);
        foreach (var stage in file.Stages)
        {
            var state = places.At(stage.From, () => State(stage, globals, budget, report));
            state.Label = state.Name ?? (file.Stages.Count > 1 ? $"stage-{stage.Index}" : "");
            _stages.Add(state);
            // The last of a name wins; those before it stay reachable by number.
            if (state.Name is { } name)
                _byName[name] = state;
        }
    }

    public IReadOnlyList<StageState> All => _stages;

    StageState State(Stage stage, GlobalScope globals, WorkBudget budget, CheckReport report)
    {
        var from = stage.From;
        var unset = new List<string>();
        var platform = _input.Platform;
        if (from.Platform is { } written)
        {
            var text = globals.Expander.Expand(written, globals.Value, unset);
            if (text.Length == 0)
                throw new InstructionException($"empty platform value from expression {written}", written);
            try
            {
                platform = Platform.Parse(text);
            }
            catch (InvalidParameterException e)
            {
                throw new InstructionException($"failed to parse platform {text}: {e.Message}", written);
            }
        }
        var name = globals.Expander.Expand(from.Image, globals.Value, unset);
        FromChecks.Undeclared(from, unset, globals.Names, report);
        FromChecks.Default(from, globals.WithDefaults(from.Image), report);
        if (name.Length == 0)
            throw new InstructionException($"base name ({from.Image}) should not be blank", from.Image);
        var state = new StageState(stage, budget) { BaseName = name, Platform = platform };
        state.Parent = _byName.GetValueOrDefault(name.ToLowerInvariant());
        if (state.Parent is not null && from.Platform is null)
            state.Platform = state.Parent.Platform;
        state.Replacement = state.Name is { } own ? _input.NamedContexts.GetValueOrDefault(own) : null;
        if (state.Replacement is not null)
            state.Parent = null;
        return state;
    }

    /// <summary>The stage of --target: a name, a number, or "" for the last; throws <see cref="DockerfileException"/>.</summary>
    public StageState Find(string target)
    {
        if (target.Length == 0)
            return _stages[^1];
        if (_byName.TryGetValue(target.ToLowerInvariant(), out var named))
            return named;
        if (int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < _stages.Count)
            return _stages[index];
        throw new DockerfileException($"failed to reach build target {target} in Dockerfile{Suggestions.For(target, _byName.Keys)}");
    }

    /// <summary>
    /// The stage that --from means, or null when it is no stage; throws <see cref="InstructionException"/> for a number that is none.
    /// </summary>
    public StageState? From(string name)
    {
        if (name.Contains('$'))
            throw new InstructionException("'--from' doesn't support variable expansion, define alias stage instead", name);
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return _byName.GetValueOrDefault(name.ToLowerInvariant());
        return index < _stages.Count
            ? _stages[index]
            : throw new InstructionException($"invalid from flag value {name}: index out of bounds", name);
    }

    /// <summary>The stages that a begun stage copies from or mounts.</summary>
    public IEnumerable<StageState> CopiedBy(StageState stage) => stage.Work!.SelectMany(w => Sources(w.Instruction)).Distinct();

    /// <summary>Everything that a stage needs as far as the file alone says it, itself included.</summary>
    public IReadOnlyCollection<StageState> NeededBy(StageState target)
    {
        var (needed, open) = (new HashSet<StageState> { target }, new Stack<StageState>([target]));
        while (open.TryPop(out var stage))
        {
            var next = stage.Replacement is not null ? [] : stage.Stage.Instructions.SelectMany(Sources);
            if (stage.Parent is { } parent)
                next = next.Append(parent);
            foreach (var other in next.Where(needed.Add))
                open.Push(other);
        }
        return needed;
    }

    IEnumerable<StageState> Sources(Instruction instruction)
    {
        IEnumerable<string?> names = instruction switch
        {
            CopyInstruction copy => [copy.From],
            RunInstruction run => run.Mounts.Select(m => m["from"]),
            _ => [],
        };
        return names.OfType<string>().Select(n => _places.At(instruction, () => From(n))).OfType<StageState>();
    }
}
