using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier rm.</summary>
static class Remove
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "rm",
            Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
            Summary = "Remove one or more containers",
            Aliases = ["container rm", "container remove", "rm"],
            Options =
            [
                new("force", 'f', "", "Force the removal of a running container (uses SIGKILL)"),
                new("link", 'l', "", "Remove the specified link"),
                new("volumes", 'v', "", "Remove anonymous volumes associated with the container"),
            ],
            MinimumArguments = 1,
            Run = call =>
                call.ForEach(name =>
                    call.Client.Call(
                        "DELETE",
                        new QueryString($"/containers/{QueryString.Escape(name)}")
                            .AddIf(call.Line.Flag("force"), "force")
                            .AddIf(call.Line.Flag("volumes"), "v")
                            .AddIf(call.Line.Flag("link"), "link")
                            .ToString()
                    )
                ),
        };
}
