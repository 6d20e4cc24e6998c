using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier restart.</summary>
static class Restart
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "restart",
            Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
            Summary = "Restart one or more containers",
            Aliases = ["container restart", "restart"],
            Options =
            [
                new("signal", 's', "string", "Signal to send to the container"),
                new("timeout", 't', "int", "Seconds to wait before killing the container"),
                new("time", '\0', "int", "", AliasOf: "timeout"),
            ],
            MinimumArguments = 1,
            Run = call =>
                call.ForEach(name =>
                    call.Client.Call(
                        "POST",
                        new QueryString($"/containers/{QueryString.Escape(name)}/restart")
                            .Add("t", call.Line.Number("timeout"))
                            .Add("signal", call.Line.Text("signal"))
                            .ToString()
                    )
                ),
        };
}
