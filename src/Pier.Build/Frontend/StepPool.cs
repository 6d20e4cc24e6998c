using System.Globalization;
using Pier.Build.Cache;
using Pier.Build.Graph;
using Pier.Build.Solver;

namespace Pier.Build.Frontend;

/// <summary>
/// The steps of a build for several platforms: what is the same step over the same trees is one vertex, so that a stage that runs where the
/// build runs (FROM --platform=$BUILDPLATFORM) runs once, and is shown once.
/// </summary>
sealed class StepPool
{
    readonly Dictionary<string, Vertex> _steps = new(StringComparer.Ordinal);
    readonly Dictionary<Vertex, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The vertex that stands for a step: itself, or the one that came first.</summary>
    public Vertex Same(Vertex step)
    {
        var definition = step is RunStep run ? StepDefinition.Of(run, new RunSettings()) : StepDefinition.Of((FileStep)step);
        var inputs = string.Join(',', step.Inputs.Select(i => Number(i).ToString(CultureInfo.InvariantCulture)));
        var key = $"{definition.Text} {inputs} {step.IgnoreCache} {string.Join('\0', (step as RunStep)?.UncachedEnvironment ?? [])}";
        if (_steps.TryGetValue(key, out var known))
            return known;
        return _steps[key] = step;
    }

    int Number(Vertex vertex)
    {
        if (!_numbers.TryGetValue(vertex, out var number))
            _numbers[vertex] = number = _numbers.Count;
        return number;
    }
}
