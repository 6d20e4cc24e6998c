using Pier.Cli.Templates;

namespace Pier.Cli;

/// <summary>
/// --format of lists: "table", "table TEMPLATE", "json" or a template. In a table the header is the template applied to the columns'
/// headings, and tabs become columns.
/// </summary>
sealed class RowFormat
{
    readonly Template? _template;
    readonly bool _table;

    RowFormat(Template? template, bool table)
    {
        _template = template;
        _table = table;
    }

    /// <param name="format">As asked, or null for the table.</param>
    /// <param name="defaultTable">The template behind "table" alone.</param>
    public static RowFormat Parse(string? format, string defaultTable)
    {
        try
        {
            format = format?.Trim();
            if (format is null or "" or "table")
                return new RowFormat(Template.Parse(defaultTable), true);
            if (format == "json")
                return new RowFormat(null, false);
            // Docker unescapes \t and \n, which the shell hands over as two characters.
            format = format.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
            if (format.StartsWith("table ", StringComparison.Ordinal) || format.StartsWith("table\t", StringComparison.Ordinal))
                return new RowFormat(Template.Parse(format[6..]), true);
            return new RowFormat(Template.Parse(format), false);
        }
        catch (TemplateException e)
        {
            throw new CliFailure($"template parsing error: {e.Message}");
        }
    }

    /// <param name="headings">A row whose fields are the column headings.</param>
    /// <param name="problem">How the message about a template that does not fit begins.</param>
    public void Write(
        TextWriter target,
        IEnumerable<ITemplateFields> rows,
        ITemplateFields headings,
        string problem = "template parsing error"
    )
    {
        try
        {
            if (_table)
            {
                var table = new TableWriter();
                table.Add(_template!.Execute(headings).Split('\t'));
                foreach (var row in rows)
                    table.Add(_template.Execute(row).Split('\t'));
                table.WriteTo(target);
                return;
            }
            foreach (var row in rows)
                target.Write((_template is null ? TemplateValues.ToJson(row) : _template.Execute(row)) + "\n");
        }
        catch (TemplateException e)
        {
            throw new CliFailure($"{problem}: {e.Message}");
        }
    }
}
