using Pier.Build.Dockerfiles;

namespace Pier.Build.Frontend;

/// <summary>Variables in the order in which they were first set. Copies cost: they are taken from the budget.</summary>
sealed class EnvironmentList
{
    readonly WorkBudget _budget;
    readonly Dictionary<string, int> _places = [];
    readonly List<(string Name, string Value)> _variables = [];
    string[]? _lines;

    public EnvironmentList(WorkBudget budget) => _budget = budget;

    public EnvironmentList(EnvironmentList other)
        : this(other._budget)
    {
        foreach (var (name, value) in other._variables)
            Set(name, value);
    }

    public string? this[string name] => _places.TryGetValue(name, out var at) ? _variables[at].Value : null;

    public IEnumerable<string> Names => _variables.Select(v => v.Name);

    public void Set(string name, string value)
    {
        _budget.Spend(1);
        _lines = null;
        if (_places.TryGetValue(name, out var at))
            _variables[at] = (name, value);
        else
        {
            _places[name] = _variables.Count;
            _variables.Add((name, value));
        }
    }

    /// <summary>Takes "NAME=value" lines of an image; one without "=" has no value.</summary>
    public void SetAll(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            if (line.IndexOf('=') is var at)
                Set(at < 0 ? line : line[..at], at < 0 ? "" : line[(at + 1)..]);
    }

    /// <summary>NAME=value; the same array until something changes.</summary>
    public string[] Lines()
    {
        if (_lines is not null)
            return _lines;
        _budget.Spend(_variables.Count * 4L + _variables.Sum(v => v.Name.Length + v.Value.Length));
        return _lines = [.. _variables.Select(v => $"{v.Name}={v.Value}")];
    }
}
