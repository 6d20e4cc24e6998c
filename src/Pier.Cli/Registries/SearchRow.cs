using System.Globalization;
using System.Text.Json;
using Pier.Cli.Templates;

namespace Pier.Cli.Registries;

/// <summary>A row of `search`.</summary>
sealed class SearchRow(JsonElement result, bool whole) : ITemplateFields
{
    const int DescriptionLength = 45;

    public string TypeName => "*formatter.searchContext";

    public IReadOnlyList<string> Names { get; } = ["Description", "IsAutomated", "IsOfficial", "Name", "StarCount"];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["Name"] = "NAME",
                ["Description"] = "DESCRIPTION",
                ["StarCount"] = "STARS",
                ["IsOfficial"] = "OFFICIAL",
                ["IsAutomated"] = "AUTOMATED",
            }
        );

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "Name" => result.Text("name"),
            "Description" => Description(),
            "StarCount" => result.Number("star_count").ToString(CultureInfo.InvariantCulture),
            "IsOfficial" => Mark("is_official"),
            "IsAutomated" => Mark("is_automated"),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    string Mark(string name) => result.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True ? "[OK]" : "";

    // A stranger's text goes to a terminal: one line of it, and no escapes.
    string Description()
    {
        var text = new string([.. result.Text("description").Replace('\n', ' ').Where(c => !char.IsControl(c))]);
        return whole || text.Length <= DescriptionLength ? text : text[..(DescriptionLength - 1)] + "…";
    }
}
