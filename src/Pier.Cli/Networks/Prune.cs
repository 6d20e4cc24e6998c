using Pier.Cli.CommandLines;
using Pier.Cli.Output;
using Pier.Cli.Transport;

namespace Pier.Cli.Networks;

/// <summary>pier network prune.</summary>
static class Prune
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "network prune",
            Usage = "[OPTIONS]",
            Summary = "Remove all unused networks",
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
        const string warning = "WARNING! This will remove all custom networks not used by at least one container.\n";
        if (call.Line.Flag("force") || Confirmation.Ask(call, warning + Confirmation.Sure))
            Request(call).WriteRemoved(call);
        return 0;
    }

    public static PruneReport Request(Invocation call) =>
        PruneReport.Of(
            call,
            new QueryString("/networks/prune").Add("filters", FilterOption.ToJson(call.Line.List("filter"))),
            "Deleted Networks",
            answer => answer.Texts("NetworksDeleted")
        );
}
