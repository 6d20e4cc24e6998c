using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier kill.</summary>
static class Kill
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "kill",
            Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
            Summary = "Kill one or more running containers",
            Aliases = ["container kill", "kill"],
            Options = [new("signal", 's', "string", "Signal to send to the container")],
            MinimumArguments = 1,
            Run = call =>
                call.ForEach(name =>
                    call.Client.Call(
                        "POST",
                        new QueryString($"/containers/{QueryString.Escape(name)}/kill").Add("signal", call.Line.Text("signal")).ToString()
                    )
                ),
        };
}
