using System.Globalization;
using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Dockerfiles.Words;
using Pier.Build.Frontend.Checks;
using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>The arguments before the first FROM, and what the user gave for them.</summary>
sealed class GlobalScope
{
    readonly DockerfileInput _input;
    readonly IReadOnlyList<ArgInstruction> _instructions;
    readonly Dictionary<string, string> _values = [];
    readonly Dictionary<string, string> _defaults = [];
    readonly HashSet<string> _used = [];
    readonly CheckReport _report;

    public GlobalScope(Dockerfile file, DockerfileInput input, WorkBudget budget, CheckReport report, Places places)
    {
        (_input, _instructions, _report) = (input, file.GlobalArguments, report);
        Expander = new WordExpander(new WordOptions { Escape = file.Directives.Escape }, budget);
        foreach (var (name, value) in PredefinedArguments.Platforms(input))
            _values[name] = _defaults[name] = value;
        foreach (var instruction in file.GlobalArguments)
        foreach (var argument in instruction.Arguments)
            places.At(instruction, () => Declare(argument));
        SourceDate = ReadSourceDate(Given("SOURCE_DATE_EPOCH"));
    }

    public WordExpander Expander { get; }

    /// <summary>SOURCE_DATE_EPOCH of the user, or null.</summary>
    public DateTimeOffset? SourceDate { get; }

    /// <summary>What FROM may use; null where it is not set.</summary>
    public string? Value(string name) => _values.GetValueOrDefault(name);

    /// <summary>What a text would be had the user given nothing; null where it would be an error.</summary>
    public string? WithDefaults(string text)
    {
        try
        {
            return Expander.Word(text, _defaults.GetValueOrDefault);
        }
        catch (InstructionException)
        {
            return null;
        }
    }

    public IEnumerable<string> Names => _values.Keys;

    /// <summary>What the user gave, or null; it counts as used.</summary>
    public string? Given(string name)
    {
        if (!_input.Arguments.TryGetValue(name, out var value) || value is null)
            return null;
        _used.Add(name);
        return value;
    }

    bool Declare(Declaration argument)
    {
        if (argument.Default is { } own && WithDefaults(own) is { } byDefault)
            _defaults[argument.Name] = byDefault;
        var value = Given(argument.Name) ?? (argument.Default is { } text ? Expander.Expand(text, Value) : null);
        if (value is not null)
            _values[argument.Name] = value;
        return true;
    }

    /// <summary>The instructions themselves, for the classic stream.</summary>
    public IEnumerable<BuildInstruction> Instructions(Vertex scratch) =>
        _instructions.Select(i => new BuildInstruction
        {
            Text = i.Heading.Text,
            CreatedBy = "",
            Result = scratch,
            ChangesTree = false,
            Config = new ContainerConfig(),
            Stage = -1,
            IsFinalStage = false,
            Line = i.Heading.FirstLine,
            LastLine = i.Heading.LastLine,
        });

    /// <summary>Docker's warning about arguments that no ARG took.</summary>
    public void ReportUnused()
    {
        var unused = _input
            .Arguments.Where(a => a.Value is not null && !_used.Contains(a.Key) && !PredefinedArguments.IsForBuilder(a.Key))
            .Select(a => a.Key)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (unused.Length > 0)
            _report.Add(CheckCodes.UnconsumedArguments, $"One or more build-args [{string.Join(' ', unused)}] were not consumed", 0);
    }

    static DateTimeOffset? ReadSourceDate(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (
            !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > 253402300799
        )
            throw new InvalidParameterException($"invalid SOURCE_DATE_EPOCH: {text}");
        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
