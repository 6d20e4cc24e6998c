using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context ls.</summary>
static class List
{
    const string Table = "{{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}";

    public static CommandSpec Spec =>
        new()
        {
            Name = "context ls",
            Usage = "[OPTIONS]",
            Summary = "List contexts",
            Aliases = ["context ls", "context list"],
            Options = [new("format", '\0', "string", FormatHelp.Table), new("quiet", 'q', "", "Only show context names")],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var current = call.Config.ContextName;
        var rows = Rows(new ContextCatalog(call.Config), current);
        if (call.Line.Flag("quiet"))
            foreach (var row in rows)
                call.Out.WriteLine(row.Name);
        else
            RowFormat.Parse(call.Line.Text("format"), Table).Write(call.Out, rows, ContextRow.Headings);
        call.Out.Flush();
        if (call.Config.OverridingVariable is { } variable)
            call.Error.WriteLine(
                $"Warning: {variable} environment variable overrides the active context. To use a context, either set the global --context flag, or unset {variable} environment variable."
            );
        return 0;
    }

    // A current context that does not exist is a row with the reason.
    static List<ContextRow> Rows(ContextCatalog catalog, string current)
    {
        var rows = catalog.List().ConvertAll(c => new ContextRow(c.Name, c.Description, c.Host, c.Name == current, ""));
        if (!rows.Exists(r => r.IsCurrent))
        {
            try
            {
                catalog.Read(current);
            }
            catch (CliFailure e)
            {
                rows.Add(new ContextRow(current, "", "", true, e.Message));
            }
        }
        rows.Sort((a, b) => ContextName.Compare(a.Name, b.Name));
        return rows;
    }
}
