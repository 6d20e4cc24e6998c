using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier pause.</summary>
static class Pause
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "pause",
            Usage = "CONTAINER [CONTAINER...]",
            Summary = "Pause all processes within one or more containers",
            Aliases = ["container pause", "pause"],
            Options = [],
            MinimumArguments = 1,
            Run = call => call.ForEach(name => call.Client.Call("POST", $"/containers/{QueryString.Escape(name)}/pause")),
        };
}
