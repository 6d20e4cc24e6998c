using System.Globalization;

namespace Pier.Cli.CommandLines;

/// <summary>A command line after parsing: option values by long name, and arguments.</summary>
sealed class ParsedLine(Dictionary<string, List<string>> options, List<string> arguments)
{
    public IReadOnlyList<string> Arguments { get; } = arguments;

    public bool Has(string option) => options.ContainsKey(option);

    public bool Flag(string option, bool missing = false) => options.TryGetValue(option, out var values) ? values[^1] == "true" : missing;

    /// <summary>The last value, or null.</summary>
    public string? Text(string option) => options.TryGetValue(option, out var values) ? values[^1] : null;

    public IReadOnlyList<string> List(string option) => options.TryGetValue(option, out var values) ? values : [];

    /// <summary>A list as the API takes it: null when it was not given.</summary>
    public string[]? Array(string option) => options.TryGetValue(option, out var values) ? [.. values] : null;

    /// <summary>A whole number that parsing has checked, or null.</summary>
    public long? Number(string option) => Text(option) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
