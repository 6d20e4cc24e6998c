using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier history.</summary>
static class History
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "history",
            Usage = "[OPTIONS] IMAGE",
            Summary = "Show the history of an image",
            Aliases = ["image history", "history"],
            Options =
            [
                new("format", '\0', "string", FormatHelp.Table),
                new("human", 'H', "", "Print sizes and dates in human readable format (default true)"),
                new("no-trunc", '\0', "", "Don't truncate output"),
                new(
                    "platform",
                    '\0',
                    "string",
                    "Show history for the given platform. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"
                ),
                new("quiet", 'q', "", "Only show image IDs"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        using var document = call.Client.GetJson(
            new QueryString($"/images/{QueryString.Escape(call.Arguments[0])}/history")
                .Add("platform", PlatformOption.ToJson(call))
                .ToString()
        );
        var rows = document
            .RootElement.EnumerateArray()
            .Select(s => new HistoryRow(s, call.Environment.Now(), line.Flag("no-trunc"), line.Flag("human", true)))
            .ToList();
        if (line.Flag("quiet") && line.Text("format") is (null or "" or "table"))
        {
            foreach (var row in rows)
                call.Out.WriteLine(row.Id);
            return 0;
        }
        var created = line.Flag("human", true) ? "{{.CreatedSince}}" : "{{.CreatedAt}}";
        RowFormat
            .Parse(line.Text("format"), $"{{{{.ID}}}}\t{created}\t{{{{.CreatedBy}}}}\t{{{{.Size}}}}\t{{{{.Comment}}}}")
            .Write(call.Out, rows, HistoryRow.Headings);
        return 0;
    }
}
