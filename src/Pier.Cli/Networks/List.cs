using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Networks;

/// <summary>pier network ls.</summary>
static class List
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "network ls",
            Usage = "[OPTIONS]",
            Summary = "List networks",
            Aliases = ["network ls", "network list"],
            Options =
            [
                new("filter", 'f', "filter", "Provide filter values (e.g. \"driver=bridge\")"),
                new("format", '\0', "string", FormatHelp.Table),
                new("no-trunc", '\0', "", "Do not truncate the output"),
                new("quiet", 'q', "", "Only display network IDs"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        using var document = call.Client.GetJson(
            new QueryString("/networks").Add("filters", FilterOption.ToJson(call.Line.List("filter"))).ToString()
        );
        var whole = call.Line.Flag("no-trunc");
        var rows = document
            .RootElement.EnumerateArray()
            .Select(n => new NetworkRow(n, whole))
            .OrderBy(r => r.Name, StringComparer.Ordinal)
            .ToList();
        if (call.Line.Flag("quiet") && call.Line.Text("format") is (null or "" or "table"))
        {
            foreach (var row in rows)
                call.Out.WriteLine(row.Id);
            return 0;
        }
        RowFormat.Parse(call.Line.Text("format"), "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}").Write(call.Out, rows, NetworkRow.Headings);
        return 0;
    }
}
