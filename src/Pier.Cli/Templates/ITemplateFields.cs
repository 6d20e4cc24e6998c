namespace Pier.Cli.Templates;

/// <summary>A row as templates see it: fields by name, worked out when asked for.</summary>
interface ITemplateFields
{
    /// <summary>The type that messages name: "*formatter.ContainerContext".</summary>
    string TypeName { get; }

    /// <summary>Every field in the order of the JSON form.</summary>
    IReadOnlyList<string> Names { get; }

    bool TryGet(string name, out object? value);
}
