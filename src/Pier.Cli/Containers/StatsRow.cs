using System.Globalization;
using Pier.Cli.Templates;
using Pier.Contracts;

namespace Pier.Cli.Containers;

/// <summary>A container in `stats`; without figures while none have come, or when they could not be had.</summary>
sealed class StatsRow(string container, StatsFigures? figures, bool whole) : ITemplateFields
{
    const string Unknown = "--";

    public string TypeName => "*container.statsContext";

    public IReadOnlyList<string> Names { get; } = ["BlockIO", "CPUPerc", "Container", "ID", "MemPerc", "MemUsage", "Name", "NetIO", "PIDs"];

    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["Container"] = "CONTAINER",
                ["Name"] = "NAME",
                ["ID"] = "CONTAINER ID",
                ["CPUPerc"] = "CPU %",
                ["MemUsage"] = "MEM USAGE / LIMIT",
                ["MemPerc"] = "MEM %",
                ["NetIO"] = "NET I/O",
                ["BlockIO"] = "BLOCK I/O",
                ["PIDs"] = "PIDS",
            }
        );

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "Container" => container,
            "Name" => figures is { Name.Length: > 1 } named ? named.Name[1..] : Unknown,
            "ID" => figures is not { } known ? Unknown
            : whole || known.Id.Length <= 12 ? known.Id
            : known.Id[..12],
            "CPUPerc" => figures is { } f ? Percent(f.CpuPercent) : Unknown,
            "MemUsage" => figures is { } f
                ? $"{HumanSize.DescribeBinary(f.Memory)} / {HumanSize.DescribeBinary(f.MemoryLimit)}"
                : "-- / --",
            "MemPerc" => figures is { } f ? Percent(f.MemoryPercent) : Unknown,
            "NetIO" => figures is { } f ? $"{HumanSize.Describe(f.NetworkIn, 3)} / {HumanSize.Describe(f.NetworkOut, 3)}" : Unknown,
            "BlockIO" => figures is { } f ? $"{HumanSize.Describe(f.Read, 3)} / {HumanSize.Describe(f.Written, 3)}" : Unknown,
            "PIDs" => figures is { } f ? f.Pids.ToString(CultureInfo.InvariantCulture) : Unknown,
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    static string Percent(double value) => value.ToString("F2", CultureInfo.InvariantCulture) + "%";
}
