using System.Text.Json;
using Pier.Cli.CommandLines;
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
        if (
            !call.Line.Flag("force")
            && !Confirmation.Ask(
                call,
                "WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue? [y/N] "
            )
        )
            return 1;
        var path = new QueryString("/networks/prune").Add("filters", FilterOption.ToJson(call.Line.List("filter"))).ToString();
        using var answer = JsonDocument.Parse(call.Client.Call("POST", path));
        var names = answer.RootElement.Texts("NetworksDeleted").ToList();
        if (names.Count > 0)
            call.Out.WriteLine("Deleted Networks:\n" + string.Join('\n', names) + "\n");
        return 0;
    }
}
