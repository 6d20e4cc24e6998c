using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier top.</summary>
static class Top
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "top",
            Usage = "CONTAINER [ps OPTIONS]",
            Summary = "Display the running processes of a container",
            Aliases = ["container top", "top"],
            MinimumArguments = 1,
            Interspersed = false,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var arguments = call.Arguments.Count > 1 ? string.Join(' ', call.Arguments.Skip(1)) : null;
        using var document = call.Client.GetJson(
            new QueryString($"/containers/{QueryString.Escape(call.Arguments[0])}/top").Add("ps_args", arguments).ToString()
        );
        var table = new TableWriter(minimumWidth: 20, padding: 1);
        table.Add([.. document.RootElement.Texts("Titles")]);
        foreach (var process in document.RootElement.Items("Processes"))
            table.Add([.. process.EnumerateArray().Select(c => c.GetString() ?? "")]);
        table.WriteTo(call.Out);
        return 0;
    }
}
