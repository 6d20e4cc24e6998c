namespace Pier.Cli.CommandLines;

/// <summary>The help of --format, which many commands share.</summary>
static class FormatHelp
{
    const string Templates =
        "'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

    /// <summary>For lists.</summary>
    public const string Table =
        "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n"
        + "'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n"
        + Templates;

    /// <summary>For single objects.</summary>
    public const string Single = "Format output using a custom template:\n'json':             Print in JSON format\n" + Templates;
}
