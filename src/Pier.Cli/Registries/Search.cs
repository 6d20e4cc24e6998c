using System.Text;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Registries;

/// <summary>pier search.</summary>
static class Search
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "search",
            Usage = "[OPTIONS] TERM",
            Summary = "Search Docker Hub for images",
            Options =
            [
                new("filter", 'f', "filter", "Filter output based on conditions provided"),
                new("format", '\0', "string", "Pretty-print search using a Go template"),
                new("limit", '\0', "int", "Max number of search results"),
                new("no-trunc", '\0', "", "Don't truncate output"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (line, term) = (call.Line, call.Arguments[0]);
        var path = new QueryString("/images/search")
            .Add("term", term)
            .Add("limit", line.Text("limit"))
            .Add("filters", FilterOption.ToJson(line.List("filter")));
        var header = new CredentialFile(call.Config.Directory).Header(CredentialFile.KeyOf(term));
        var answer = call.Client.Open("GET", path.ToString(), registryAuth: header);
        using var document = System.Text.Json.JsonDocument.Parse(answer.ReadAll());
        var rows = document.RootElement.EnumerateArray().Select(r => new SearchRow(r, line.Flag("no-trunc"))).ToList();
        RowFormat
            .Parse(line.Text("format"), "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}")
            .Write(call.Out, rows, SearchRow.Headings);
        return 0;
    }
}
