using Pier.Cli.CommandLines;
using Pier.Cli.Output;
using Pier.Cli.Transport;

namespace Pier.Cli.Builds;

/// <summary>pier builder prune.</summary>
static class Prune
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "builder prune",
            Usage = "[OPTIONS]",
            Summary = "Remove build cache",
            Options =
            [
                new("all", 'a', "", "Remove all unused build cache, not just dangling ones"),
                new("filter", '\0', "filter", "Provide filter values (e.g. \"until=24h\")"),
                new("force", 'f', "", "Do not prompt for confirmation"),
                new("keep-storage", '\0', "bytes", "Amount of disk space to keep for cache"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var all = call.Line.Flag("all");
        var what = all ? "all build cache" : "all dangling build cache";
        if (call.Line.Flag("force") || Confirmation.Ask(call, $"WARNING! This will remove {what}. " + Confirmation.Sure))
            Request(call, all, call.Line.Number("keep-storage")).Write(call);
        return 0;
    }

    /// <summary>Keeps so many bytes, where a number is given.</summary>
    public static PruneReport Request(Invocation call, bool all, long? keep) =>
        PruneReport.Of(
            call,
            new QueryString("/build/prune")
                .AddIf(all, "all")
                .Add("keep-storage", keep)
                .Add("filters", FilterOption.ToJson(call.Line.List("filter"))),
            "Deleted build cache objects",
            answer => answer.Texts("CachesDeleted")
        );
}
