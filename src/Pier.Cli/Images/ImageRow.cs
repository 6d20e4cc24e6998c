using System.Globalization;
using System.Text.Json;
using Pier.Cli.Templates;
using Pier.Contracts;

namespace Pier.Cli.Images;

/// <summary>An image in `images`.</summary>
sealed class ImageRow(JsonElement image, DateTimeOffset now, bool whole) : ITemplateFields
{
    public required string Repository { get; init; }
    public required string Tag { get; init; }
    public required string Digest { get; init; }

    public string TypeName => "*formatter.imageContext";

    public IReadOnlyList<string> Names { get; } =
    ["Containers", "CreatedAt", "CreatedSince", "Digest", "ID", "Repository", "SharedSize", "Size", "Tag", "UniqueSize", "VirtualSize"];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["ID"] = "IMAGE ID",
                ["Repository"] = "REPOSITORY",
                ["Tag"] = "TAG",
                ["Digest"] = "DIGEST",
                ["CreatedSince"] = "CREATED",
                ["CreatedAt"] = "CREATED AT",
                ["Size"] = "SIZE",
                ["Containers"] = "CONTAINERS",
                ["VirtualSize"] = "SIZE",
                ["SharedSize"] = "SHARED SIZE",
                ["UniqueSize"] = "UNIQUE SIZE",
            }
        );

    public string Id
    {
        get
        {
            var id = image.Text("Id");
            if (whole)
                return id;
            var digits = id.StartsWith("sha256:", StringComparison.Ordinal) ? id["sha256:".Length..] : id;
            return digits.Length > 12 ? digits[..12] : digits;
        }
    }

    DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(image.Number("Created"));

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "ID" => Id,
            "Repository" => Repository,
            "Tag" => Tag,
            "Digest" => Digest,
            "CreatedSince" => image.Number("Created") <= 0 ? "N/A" : HumanDuration.Describe(now - Created) + " ago",
            "CreatedAt" => Created.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture),
            "Size" => HumanSize.Describe(image.Number("Size"), 3),
            "Containers" => image.Number("Containers") is >= 0 and var count ? count.ToString(CultureInfo.InvariantCulture) : "N/A",
            "VirtualSize" => HumanSize.Describe(image.Number("Size")),
            "SharedSize" => image.Number("SharedSize") is >= 0 and var shared && image.At("SharedSize") is not null
                ? HumanSize.Describe(shared)
                : "N/A",
            "UniqueSize" => "N/A",
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }
}
