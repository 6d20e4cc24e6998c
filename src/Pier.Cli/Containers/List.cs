using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier ps.</summary>
static class List
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "ps",
            Usage = "[OPTIONS]",
            Summary = "List containers",
            Aliases = ["container ls", "container list", "container ps", "ps"],
            Options =
            [
                new("all", 'a', "", "Show all containers (default shows just running)"),
                new("filter", 'f', "filter", "Filter output based on conditions provided"),
                new("format", '\0', "string", FormatHelp.Table),
                new("last", 'n', "int", "Show n last created containers (includes all states) (default -1)"),
                new("latest", 'l', "", "Show the latest created container (includes all states)"),
                new("no-trunc", '\0', "", "Don't truncate output"),
                new("quiet", 'q', "", "Only display container IDs"),
                new("size", 's', "", "Display total file sizes"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var format = line.Text("format") ?? (line.Flag("quiet") ? null : call.Config.PsFormat);
        var size = line.Flag("size") || (format?.Contains(".Size", StringComparison.Ordinal) ?? false);
        var last = line.Flag("latest") && !line.Has("last") ? 1 : line.Number("last") ?? -1;
        using var document = call.Client.GetJson(
            new QueryString("/containers/json")
                .AddIf(line.Flag("all"), "all")
                .Add("limit", last > 0 ? last : null)
                .AddIf(size, "size")
                .Add("filters", FilterOption.ToJson(line.List("filter")))
                .ToString()
        );
        var rows = document
            .RootElement.EnumerateArray()
            .Select(c => new ContainerRow(c, call.Environment.Now(), line.Flag("no-trunc"), size))
            .ToList();
        if (line.Flag("quiet") && line.Text("format") is (null or "" or "table"))
        {
            foreach (var row in rows)
                call.Out.WriteLine(row.Id);
            return 0;
        }
        var columns =
            "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}" + (size ? "\t{{.Size}}" : "");
        RowFormat.Parse(format, columns).Write(call.Out, rows, ContainerRow.Headings, "failed to execute template");
        return 0;
    }
}
