using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier export.</summary>
static class Export
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "export",
            Usage = "[OPTIONS] CONTAINER",
            Summary = "Export a container's filesystem as a tar archive",
            Aliases = ["container export", "export"],
            Options = [new("output", 'o', "string", "Write to a file, instead of STDOUT")],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        ArchiveTarget.Check(call, "failed to export container");
        var answer = call.Client.Open("GET", $"/containers/{QueryString.Escape(call.Arguments[0])}/export");
        ArchiveTarget.Write(call, answer);
        return 0;
    }
}
