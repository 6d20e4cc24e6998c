using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;

namespace Pier.Cli.Containers;

/// <summary>pier create.</summary>
static class Create
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "create",
            Usage = "[OPTIONS] IMAGE [COMMAND] [ARG...]",
            Summary = "Create a new container",
            Aliases = ["container create", "create"],
            Options = RunOptions.ForCreate,
            MinimumArguments = 1,
            Interspersed = false,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        call.Out.WriteLine(Creator.Create(call, Request(call)));
        return 0;
    }

    static ContainerRequest Request(Invocation call)
    {
        try
        {
            return ContainerRequest.Build(call, detached: false);
        }
        catch (CliFailure e) when (e is not UsageFailure)
        {
            throw Run.WithHelp(call, e.Message, 125);
        }
    }
}
