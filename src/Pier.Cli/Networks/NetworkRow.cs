using System.Globalization;
using System.Text.Json;
using Pier.Cli.Templates;

namespace Pier.Cli.Networks;

/// <summary>A network in `network ls`.</summary>
sealed class NetworkRow(JsonElement network, bool whole) : ITemplateFields
{
    const int ShortLength = 12;

    public string TypeName => "*network.networkContext";

    public IReadOnlyList<string> Names { get; } = ["CreatedAt", "Driver", "ID", "IPv4", "IPv6", "Internal", "Labels", "Name", "Scope"];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["ID"] = "NETWORK ID",
                ["Name"] = "NAME",
                ["Driver"] = "DRIVER",
                ["Scope"] = "SCOPE",
                ["IPv4"] = "IPV4",
                ["IPv6"] = "IPV6",
                ["Internal"] = "INTERNAL",
                ["Labels"] = "LABELS",
                ["CreatedAt"] = "CREATED AT",
            }
        );

    public string Name => network.Text("Name");

    public string Id => network.Text("Id") is var id && !whole && id.Length > ShortLength ? id[..ShortLength] : network.Text("Id");

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "ID" => Id,
            "Name" => Name,
            "Driver" => network.Text("Driver"),
            "Scope" => network.Text("Scope"),
            "IPv4" => Word(network.Flag("EnableIPv4")),
            "IPv6" => Word(network.Flag("EnableIPv6")),
            "Internal" => Word(network.Flag("Internal")),
            "Labels" => string.Join(
                ',',
                network.Entries("Labels").Select(l => $"{l.Name}={l.Value.GetString()}").Order(StringComparer.Ordinal)
            ),
            "CreatedAt" => Created(network.Text("Created")),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    static string Word(bool flag) => flag ? "true" : "false";

    static string Created(string text)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var created))
            return text;
        var fraction = created.UtcDateTime.ToString("FFFFFFF", CultureInfo.InvariantCulture);
        return created.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            + (fraction.Length > 0 ? "." + fraction : "")
            + " +0000 UTC";
    }
}
