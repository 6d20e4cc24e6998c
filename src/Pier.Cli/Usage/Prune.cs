using Pier.Cli.CommandLines;
using Pier.Cli.Output;

namespace Pier.Cli.Usage;

/// <summary>pier system prune: all the other prunes, one after another.</summary>
static class Prune
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "system prune",
            Usage = "[OPTIONS]",
            Summary = "Remove unused data",
            Options =
            [
                new("all", 'a', "", "Remove all unused images not just dangling ones"),
                new("filter", '\0', "filter", "Provide filter values (e.g. \"label=<key>=<value>\")"),
                new("force", 'f', "", "Do not prompt for confirmation"),
                new("volumes", '\0', "", "Prune anonymous volumes"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (all, volumes) = (call.Line.Flag("all"), call.Line.Flag("volumes"));
        var filters = call.Line.List("filter");
        if (volumes && filters.Any(f => f.StartsWith("until=", StringComparison.Ordinal)))
            throw new CliFailure("ERROR: The \"until\" filter is not supported with \"--volumes\"");
        if (!call.Line.Flag("force") && !Confirmation.Ask(call, Warning(all, volumes, filters)))
            return 0;
        // Containers first: what they held is unused then.
        long reclaimed = Done(call, Containers.Prune.Request(call)) + Done(call, Networks.Prune.Request(call));
        if (volumes)
            reclaimed += Done(call, Volumes.Prune.Request(call, all: false));
        reclaimed += Done(call, Images.Prune.Request(call, all)) + Done(call, Builds.Prune.Request(call, all, keep: null));
        PruneReport.WriteReclaimed(call, reclaimed);
        return 0;
    }

    static long Done(Invocation call, PruneReport report)
    {
        report.WriteRemoved(call);
        return report.Reclaimed;
    }

    static string Warning(bool all, bool volumes, IReadOnlyList<string> filters)
    {
        List<string> lines = ["all stopped containers", "all networks not used by at least one container"];
        if (volumes)
            lines.Add("all anonymous volumes not used by at least one container");
        lines.Add(all ? "all images without at least one container associated to them" : "all dangling images");
        lines.Add(all ? "all build cache" : "unused build cache");
        var warning = "WARNING! This will remove:\n" + List(lines);
        if (filters.Count > 0)
            warning += "\n  Items to be pruned will be filtered with:\n" + List(filters.Order(StringComparer.Ordinal));
        return warning + "\n" + Confirmation.Sure;
    }

    static string List(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"  - {line}\n"));
}
