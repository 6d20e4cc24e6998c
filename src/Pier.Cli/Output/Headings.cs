using Pier.Cli.Templates;

namespace Pier.Cli;

/// <summary>Column headings as a row.</summary>
sealed class Headings(IReadOnlyDictionary<string, string> texts) : ITemplateFields
{
    public string TypeName => "formatter.SubHeaderContext";

    public IReadOnlyList<string> Names => [.. texts.Keys];

    public bool TryGet(string name, out object? value)
    {
        value = texts.TryGetValue(name, out var text) ? text : name.ToUpperInvariant();
        return true;
    }
}
