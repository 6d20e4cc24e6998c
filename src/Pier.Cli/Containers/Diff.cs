using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier diff.</summary>
static class Diff
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "diff",
            Usage = "CONTAINER",
            Summary = "Inspect changes to files or directories on a container's filesystem",
            Aliases = ["container diff", "diff"],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        if (call.Arguments[0].Length == 0)
            throw new CliFailure("Container name cannot be empty");
        using var document = call.Client.GetJson($"/containers/{QueryString.Escape(call.Arguments[0])}/changes");
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            return 0;
        foreach (var change in document.RootElement.EnumerateArray())
        {
            var kind = change.Number("Kind") switch
            {
                0 => "C",
                1 => "A",
                _ => "D",
            };
            call.Out.WriteLine($"{kind} {change.Text("Path")}");
        }
        return 0;
    }
}
