using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier stop.</summary>
static class Stop
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "stop",
            Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
            Summary = "Stop one or more running containers",
            Aliases = ["container stop", "stop"],
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
                        new QueryString($"/containers/{QueryString.Escape(name)}/stop")
                            .Add("t", call.Line.Number("timeout"))
                            .Add("signal", call.Line.Text("signal"))
                            .ToString()
                    )
                ),
        };
}
