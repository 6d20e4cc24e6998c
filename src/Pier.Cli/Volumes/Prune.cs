using Pier.Cli.CommandLines;
using Pier.Cli.Output;
using Pier.Cli.Transport;

namespace Pier.Cli.Volumes;

/// <summary>pier volume prune.</summary>
static class Prune
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "volume prune",
            Usage = "[OPTIONS]",
            Summary = "Remove unused local volumes",
            Options =
            [
                new("all", 'a', "", "Remove all unused volumes, not just anonymous ones"),
                new("filter", '\0', "filter", "Provide filter values (e.g. \"label=<label>\")"),
                new("force", 'f', "", "Do not prompt for confirmation"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var all = call.Line.Flag("all");
        var which = all ? "all local volumes" : "anonymous local volumes";
        if (
            call.Line.Flag("force")
            || Confirmation.Ask(call, $"WARNING! This will remove {which} not used by at least one container.\n" + Confirmation.Sure)
        )
            Request(call, all).Write(call);
        return 0;
    }

    /// <summary>The anonymous ones, or all.</summary>
    public static PruneReport Request(Invocation call, bool all)
    {
        string[] filters = [.. call.Line.List("filter"), .. all ? (string[])["all=true"] : []];
        return PruneReport.Of(
            call,
            new QueryString("/volumes/prune").Add("filters", FilterOption.ToJson(filters)),
            "Deleted Volumes",
            answer => answer.Texts("VolumesDeleted")
        );
    }
}
