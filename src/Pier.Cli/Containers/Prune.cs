using Pier.Cli.CommandLines;
using Pier.Cli.Output;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier container prune.</summary>
static class Prune
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "container prune",
            Usage = "[OPTIONS]",
            Summary = "Remove all stopped containers",
            Options =
            [
                new("filter", '\0', "filter", "Provide filter values (e.g. \"until=<timestamp>\")"),
                new("force", 'f', "", "Do not prompt for confirmation"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        if (call.Line.Flag("force") || Confirmation.Ask(call, "WARNING! This will remove all stopped containers.\n" + Confirmation.Sure))
            Request(call).Write(call);
        return 0;
    }

    public static PruneReport Request(Invocation call) =>
        PruneReport.Of(
            call,
            new QueryString("/containers/prune").Add("filters", FilterOption.ToJson(call.Line.List("filter"))),
            "Deleted Containers",
            answer => answer.Texts("ContainersDeleted")
        );
}
