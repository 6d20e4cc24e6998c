using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;
using Pier.Contracts;

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
            !call.Line.Flag("force")
            && !Confirmation.Ask(
                call,
                $"WARNING! This will remove {which} not used by at least one container.\nAre you sure you want to continue? [y/N] "
            )
        )
            return 1;
        var filters = call.Line.List("filter").ToList();
        if (all)
            filters.Add("all=true");
        using var answer = JsonDocument.Parse(
            call.Client.Call("POST", new QueryString("/volumes/prune").Add("filters", FilterOption.ToJson(filters)).ToString())
        );
        var names = answer.RootElement.Texts("VolumesDeleted").ToList();
        if (names.Count > 0)
            call.Out.WriteLine("Deleted Volumes:\n" + string.Join('\n', names) + "\n");
        call.Out.WriteLine($"Total reclaimed space: {HumanSize.Describe(answer.RootElement.Number("SpaceReclaimed"))}");
        return 0;
    }
}
