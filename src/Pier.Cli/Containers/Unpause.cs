using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier unpause.</summary>
static class Unpause
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "unpause",
            Usage = "CONTAINER [CONTAINER...]",
            Summary = "Unpause all processes within one or more containers",
            Aliases = ["container unpause", "unpause"],
            Options = [],
            MinimumArguments = 1,
            Run = call => call.ForEach(name => call.Client.Call("POST", $"/containers/{QueryString.Escape(name)}/unpause")),
        };
}
