using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Templates;
using Pier.Contracts;

namespace Pier.Cli.Usage;

/// <summary>pier system df.</summary>
static class DiskUsage
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "system df",
            Usage = "[OPTIONS]",
            Summary = "Show docker disk usage",
            Options =
            [
                new("format", '\0', "string", FormatHelp.Table),
                new("verbose", 'v', "", "Show detailed information on space usage"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        using var document = call.Client.GetJson("/system/df");
        var usage = document.RootElement;
        if (call.Line.Flag("verbose"))
        {
            if (call.Line.Text("format") is { Length: > 0 } format)
                return PrintTemplate(call, usage, format);
            new DetailedUsage(call, usage).Print();
            return 0;
        }
        UsageRow[] rows = [UsageRow.Images(usage), UsageRow.Containers(usage), UsageRow.Volumes(usage), UsageRow.BuildCache(usage)];
        RowFormat
            .Parse(call.Line.Text("format"), "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}")
            .Write(call.Out, rows, UsageRow.Headings);
        return 0;
    }

    static int PrintTemplate(Invocation call, JsonElement usage, string format)
    {
        try
        {
            call.Out.WriteLine(Template.Parse(format == "json" ? "{{json .}}" : format).Execute(usage));
            return 0;
        }
        catch (TemplateException e)
        {
            throw new CliFailure($"template parsing error: {e.Message}", 64);
        }
    }
}

/// <summary>One kind of things: how many, how many in use, and bytes.</summary>
sealed class UsageRow(string type, int total, int active, long size, long reclaimable, bool tellsShare = true) : ITemplateFields
{
    public static Headings Headings { get; } =
        new(
            new Dictionary<string, string>
            {
                ["Type"] = "TYPE",
                ["TotalCount"] = "TOTAL",
                ["Active"] = "ACTIVE",
                ["Size"] = "SIZE",
                ["Reclaimable"] = "RECLAIMABLE",
            }
        );

    public string TypeName => "*formatter.diskUsageContext";

    public IReadOnlyList<string> Names { get; } = ["Active", "Reclaimable", "Size", "TotalCount", "Type"];

    public static UsageRow Images(JsonElement usage)
    {
        var images = usage.Items("Images").ToList();
        var used = images.Where(i => i.Number("Containers") > 0).ToList();
        var size = usage.Number("LayersSize");
        // What used images share with others is in use as well.
        return new UsageRow("Images", images.Count, used.Count, size, Math.Max(0, size - used.Sum(i => i.Number("Size"))));
    }

    public static UsageRow Containers(JsonElement usage)
    {
        var containers = usage.Items("Containers").ToList();
        bool IsActive(JsonElement c) => c.Text("State") is "running" or "paused" or "restarting";
        return new UsageRow(
            "Containers",
            containers.Count,
            containers.Count(IsActive),
            containers.Sum(c => c.Number("SizeRw")),
            containers.Where(c => !IsActive(c)).Sum(c => c.Number("SizeRw"))
        );
    }

    public static UsageRow Volumes(JsonElement usage)
    {
        var volumes = usage.Items("Volumes").ToList();
        long Size(JsonElement v) => Math.Max(0, v.At("UsageData").Number("Size"));
        bool IsUsed(JsonElement v) => v.At("UsageData").Number("RefCount") > 0;
        return new UsageRow(
            "Local Volumes",
            volumes.Count,
            volumes.Count(IsUsed),
            volumes.Sum(Size),
            volumes.Where(v => !IsUsed(v)).Sum(Size)
        );
    }

    /// <summary>Layers that images have as well count with those.</summary>
    public static UsageRow BuildCache(JsonElement usage)
    {
        var rows = usage.Items("BuildCache").ToList();
        var own = rows.Where(r => !r.Flag("Shared")).ToList();
        return new UsageRow(
            "Build Cache",
            rows.Count,
            rows.Count(r => r.Flag("InUse")),
            own.Sum(r => r.Number("Size")),
            own.Where(r => !r.Flag("InUse")).Sum(r => r.Number("Size")),
            tellsShare: false
        );
    }

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "Type" => type,
            "TotalCount" => total.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "Active" => active.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "Size" => HumanSize.Describe(size),
            "Reclaimable" => tellsShare && size > 0
                ? $"{HumanSize.Describe(reclaimable)} ({reclaimable * 100 / size}%)"
                : HumanSize.Describe(reclaimable),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }
}
