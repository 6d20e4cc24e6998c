using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Volumes;

/// <summary>pier volume rm.</summary>
static class Remove
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "volume rm",
            Usage = "[OPTIONS] VOLUME [VOLUME...]",
            Summary = "Remove one or more volumes",
            Aliases = ["volume rm", "volume remove"],
            Options = [new("force", 'f', "", "Force the removal of one or more volumes")],
            MinimumArguments = 1,
            Run = call =>
                call.ForEach(name =>
                    call.Client.Call(
                        "DELETE",
                        new QueryString($"/volumes/{QueryString.Escape(name)}").AddIf(call.Line.Flag("force"), "force").ToString()
                    )
                ),
        };
}
