using Pier.Cli.Templates;

namespace Pier.Cli.Contexts;

/// <summary>A context in `context ls`.</summary>
sealed class ContextRow(string name, string description, string host, bool current, string error) : ITemplateFields
{
    const int ErrorLength = 45;

    public string TypeName => "*formatter.clientContextContext";

    public IReadOnlyList<string> Names { get; } = ["Current", "Description", "DockerEndpoint", "Error", "Name"];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["Name"] = "NAME",
                // No heading: the table asks whether to mark a row.
                ["Current"] = "",
                ["Description"] = "DESCRIPTION",
                ["DockerEndpoint"] = "DOCKER ENDPOINT",
                ["Error"] = "ERROR",
            }
        );

    public string Name => name;

    public bool IsCurrent => current;

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "Current" => current,
            "Description" => description,
            "DockerEndpoint" => host,
            "Error" => error.Length > ErrorLength ? error[..(ErrorLength - 1)] + "…" : error,
            "Name" => Name,
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }
}
