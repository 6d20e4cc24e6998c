using System.Globalization;
using System.Text.Json;
using Pier.Cli.Templates;
using Pier.Contracts;

namespace Pier.Cli.Containers;

/// <summary>A container in `ps`.</summary>
sealed class ContainerRow(JsonElement container, DateTimeOffset now, bool whole, bool size) : ITemplateFields
{
    const int CommandLength = 20;

    public string TypeName => "*formatter.ContainerContext";

    public IReadOnlyList<string> Names { get; } =
    [
        "Command",
        "CreatedAt",
        "ID",
        "Image",
        "Labels",
        "LocalVolumes",
        "Mounts",
        "Names",
        "Networks",
        "Platform",
        "Ports",
        "RunningFor",
        "Size",
        "State",
        "Status",
    ];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["ID"] = "CONTAINER ID",
                ["Image"] = "IMAGE",
                ["Command"] = "COMMAND",
                ["CreatedAt"] = "CREATED AT",
                ["RunningFor"] = "CREATED",
                ["Ports"] = "PORTS",
                ["State"] = "STATE",
                ["Status"] = "STATUS",
                ["Size"] = "SIZE",
                ["Names"] = "NAMES",
                ["Labels"] = "LABELS",
                ["Mounts"] = "MOUNTS",
                ["LocalVolumes"] = "LOCAL VOLUMES",
                ["Networks"] = "NETWORKS",
            }
        );

    public string Id => Short(container.Text("Id"));

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "ID" => Id,
            "Names" => ContainerNames(),
            "Image" => Image(),
            "Command" => Command(),
            "CreatedAt" => DateTimeOffset
                .FromUnixTimeSeconds(container.Number("Created"))
                .UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture),
            "RunningFor" => HumanDuration.Describe(now - DateTimeOffset.FromUnixTimeSeconds(container.Number("Created"))) + " ago",
            "Ports" => PortText.Of(container),
            "State" => container.Text("State"),
            "Status" => container.Text("Status"),
            "Size" => SizeText(),
            "Labels" => string.Join(
                ',',
                container.Entries("Labels").Select(l => $"{l.Name}={l.Value.GetString()}").Order(StringComparer.Ordinal)
            ),
            "Mounts" => string.Join(',', container.Items("Mounts").Select(MountName)),
            "LocalVolumes" => container.Items("Mounts").Count(m => m.Text("Driver") == "local").ToString(CultureInfo.InvariantCulture),
            "Networks" => string.Join(
                ',',
                container.At("NetworkSettings") is { } settings ? settings.Entries("Networks").Select(n => n.Name) : []
            ),
            "Platform" => null,
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    /// <summary>Without the slash; names of links ("/other/alias") are left out unless everything is shown.</summary>
    string ContainerNames()
    {
        var names = container.Texts("Names").Select(n => n.TrimStart('/'));
        return string.Join(',', whole ? names : names.Where(n => !n.Contains('/')));
    }

    string Image()
    {
        var image = container.Text("Image");
        if (image.Length == 0)
            return "<no image>";
        if (whole)
            return image;
        var id = container.Text("ImageID");
        return image == id || image == Short(id) ? Short(id) : image;
    }

    string Command()
    {
        var command = container.Text("Command");
        if (!whole && command.Length > CommandLength)
            command = command[..(CommandLength - 1)] + "…";
        return TemplateQuotes.Quote(command);
    }

    string SizeText()
    {
        if (!size)
            return "0B";
        var written = HumanSize.Describe(container.Number("SizeRw"), 3);
        return container.Number("SizeRootFs") is > 0 and var all ? $"{written} (virtual {HumanSize.Describe(all, 3)})" : written;
    }

    string MountName(JsonElement mount)
    {
        var name = mount.Text("Name") is { Length: > 0 } volume ? volume : mount.Text("Source");
        return whole || name.Length <= 15 ? name : name[..14] + "…";
    }

    string Short(string id)
    {
        if (whole)
            return id;
        var digits = id.StartsWith("sha256:", StringComparison.Ordinal) ? id["sha256:".Length..] : id;
        return digits.Length > 12 ? digits[..12] : digits;
    }
}
