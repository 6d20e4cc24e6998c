using System.Globalization;
using System.Text.Json;
using Pier.Cli.Templates;
using Pier.Contracts;

namespace Pier.Cli.Images;

/// <summary>A step in `history`.</summary>
sealed class HistoryRow(JsonElement step, DateTimeOffset now, bool whole, bool human) : ITemplateFields
{
    const int CreatedByLength = 45;

    public string TypeName => "*formatter.historyContext";

    public IReadOnlyList<string> Names { get; } = ["Comment", "CreatedAt", "CreatedBy", "CreatedSince", "ID", "Size"];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["ID"] = "IMAGE",
                ["CreatedSince"] = "CREATED",
                ["CreatedAt"] = "CREATED AT",
                ["CreatedBy"] = "CREATED BY",
                ["Size"] = "SIZE",
                ["Comment"] = "COMMENT",
            }
        );

    public string Id
    {
        get
        {
            var id = step.Text("Id");
            if (whole || !id.StartsWith("sha256:", StringComparison.Ordinal))
                return id;
            return id.Substring("sha256:".Length, 12);
        }
    }

    DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(step.Number("Created"));

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "ID" => Id,
            "CreatedAt" => Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            "CreatedSince" => step.Number("Created") <= 0 ? "N/A" : HumanDuration.Describe(now - Created) + " ago",
            "CreatedBy" => CreatedBy(),
            "Size" => human ? HumanSize.Describe(step.Number("Size"), 3) : step.Number("Size").ToString(CultureInfo.InvariantCulture),
            "Comment" => step.Text("Comment"),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    string CreatedBy()
    {
        var text = step.Text("CreatedBy").Replace('\t', ' ');
        return whole || text.Length <= CreatedByLength ? text : text[..(CreatedByLength - 1)] + "…";
    }
}
