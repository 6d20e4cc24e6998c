using System.Text.Json;
using Pier.Cli.Templates;

namespace Pier.Cli.Volumes;

/// <summary>A volume in `volume ls`.</summary>
sealed class VolumeRow(JsonElement volume) : ITemplateFields
{
    public string TypeName => "*formatter.VolumeContext";

    public IReadOnlyList<string> Names { get; } =
    ["Availability", "Driver", "Group", "Labels", "Links", "Mountpoint", "Name", "Scope", "Size", "Status"];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["Driver"] = "DRIVER",
                ["Name"] = "VOLUME NAME",
                ["Labels"] = "LABELS",
                ["Links"] = "LINKS",
                ["Mountpoint"] = "MOUNTPOINT",
                ["Scope"] = "SCOPE",
                ["Size"] = "SIZE",
                ["Group"] = "GROUP",
                ["Availability"] = "AVAILABILITY",
                ["Status"] = "STATUS",
            }
        );

    public string Name => volume.Text("Name");

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "Name" => Name,
            "Driver" => volume.Text("Driver"),
            "Labels" => string.Join(
                ',',
                volume.Entries("Labels").Select(l => $"{l.Name}={l.Value.GetString()}").Order(StringComparer.Ordinal)
            ),
            "Mountpoint" => volume.Text("Mountpoint"),
            "Scope" => volume.Text("Scope"),
            // Sizes and users are worked out for `system df` only; groups are those of cluster volumes.
            "Availability" or "Group" or "Links" or "Size" or "Status" => "N/A",
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }
}
