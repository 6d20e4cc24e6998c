using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;
using Pier.Contracts;

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
        if (
            !call.Line.Flag("force")
            && !Confirmation.Ask(call, "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ")
        )
            return 1;
        var answer = call.Client.Call(
            "POST",
            new QueryString("/containers/prune").Add("filters", FilterOption.ToJson(call.Line.List("filter"))).ToString()
        );
        using var document = JsonDocument.Parse(answer);
        var ids = document.RootElement.Texts("ContainersDeleted").ToList();
        if (ids.Count > 0)
            call.Out.WriteLine("Deleted Containers:\n" + string.Join('\n', ids) + "\n");
        call.Out.WriteLine($"Total reclaimed space: {HumanSize.Describe(document.RootElement.Number("SpaceReclaimed"))}");
        return 0;
    }
}
