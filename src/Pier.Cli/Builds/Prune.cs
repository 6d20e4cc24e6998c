using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;
using Pier.Contracts;

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
        if (
            !call.Line.Flag("force")
            && !Confirmation.Ask(call, $"WARNING! This will remove {what}.\nAre you sure you want to continue? [y/N] ")
        )
            return 1;
        var path = new QueryString("/build/prune")
            .AddIf(all, "all")
            .Add("keep-storage", call.Line.Number("keep-storage"))
            .Add("filters", FilterOption.ToJson(call.Line.List("filter").ToList()));
        using var answer = JsonDocument.Parse(call.Client.Call("POST", path.ToString()));
        var ids = answer.RootElement.Texts("CachesDeleted").ToList();
        if (ids.Count > 0)
            call.Out.WriteLine("Deleted build cache objects:\n" + string.Join('\n', ids) + "\n");
        call.Out.WriteLine($"Total reclaimed space: {HumanSize.Describe(answer.RootElement.Number("SpaceReclaimed"))}");
        return 0;
    }
}
