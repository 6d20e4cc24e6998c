using Pier.Cli.CommandLines;
using Pier.Cli.Output;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier image prune.</summary>
static class Prune
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "image prune",
            Usage = "[OPTIONS]",
            Summary = "Remove unused images",
            Options =
            [
                new("all", 'a', "", "Remove all unused images, not just dangling ones"),
                new("filter", '\0', "filter", "Provide filter values (e.g. \"until=<timestamp>\")"),
                new("force", 'f', "", "Do not prompt for confirmation"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var all = call.Line.Flag("all");
        var which = all ? "all images without at least one container associated to them" : "all dangling images";
        if (call.Line.Flag("force") || Confirmation.Ask(call, $"WARNING! This will remove {which}.\n" + Confirmation.Sure))
            Request(call, all).Write(call);
        return 0;
    }

    /// <summary>The dangling ones, or all that no container uses.</summary>
    public static PruneReport Request(Invocation call, bool all)
    {
        string[] filters = [.. call.Line.List("filter"), all ? "dangling=false" : "dangling=true"];
        return PruneReport.Of(
            call,
            new QueryString("/images/prune").Add("filters", FilterOption.ToJson(filters)),
            "Deleted Images",
            answer =>
                answer
                    .Items("ImagesDeleted")
                    .Select(row => row.Text("Untagged") is { Length: > 0 } name ? $"untagged: {name}" : $"deleted: {row.Text("Deleted")}")
        );
    }
}
