using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Volumes;

/// <summary>pier volume ls.</summary>
static class List
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "volume ls",
            Usage = "[OPTIONS]",
            Summary = "List volumes",
            Aliases = ["volume ls", "volume list"],
            Options =
            [
                new("filter", 'f', "filter", "Provide filter values (e.g. \"dangling=true\")"),
                new("format", '\0', "string", FormatHelp.Table),
                new("quiet", 'q', "", "Only display volume names"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        using var document = call.Client.GetJson(
            new QueryString("/volumes").Add("filters", FilterOption.ToJson(call.Line.List("filter"))).ToString()
        );
        var rows = document
            .RootElement.Items("Volumes")
            .Select(v => new VolumeRow(v))
            .OrderBy(r => r.Name, StringComparer.Ordinal)
            .ToList();
        if (call.Line.Flag("quiet") && call.Line.Text("format") is (null or "" or "table"))
        {
            foreach (var row in rows)
                call.Out.WriteLine(row.Name);
            return 0;
        }
        RowFormat.Parse(call.Line.Text("format"), "{{.Driver}}\t{{.Name}}").Write(call.Out, rows, VolumeRow.Headings);
        return 0;
    }
}
