using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Images;

/// <summary>pier image prune.</summary>
static class Prune
{
    const string Dangling = "WARNING! This will remove all dangling images.\nAre you sure you want to continue? [y/N] ";
    const string All =
        "WARNING! This will remove all images without at least one container associated to them.\nAre you sure you want to continue? [y/N] ";

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
        if (!call.Line.Flag("force") && !Confirmation.Ask(call, all ? All : Dangling))
            throw new CliFailure("image prune has been cancelled");
        string[] filters = [.. call.Line.List("filter"), all ? "dangling=false" : "dangling=true"];
        using var document = JsonDocument.Parse(
            call.Client.Call("POST", new QueryString("/images/prune").Add("filters", FilterOption.ToJson(filters)).ToString())
        );
        var rows = document.RootElement.Items("ImagesDeleted").ToList();
        if (rows.Count > 0)
            call.Out.WriteLine("Deleted Images:");
        foreach (var row in rows)
            call.Out.WriteLine(row.Text("Untagged") is { Length: > 0 } name ? $"untagged: {name}" : $"deleted: {row.Text("Deleted")}");
        if (rows.Count > 0)
            call.Out.WriteLine();
        call.Out.WriteLine($"Total reclaimed space: {HumanSize.Describe(document.RootElement.Number("SpaceReclaimed"))}");
        return 0;
    }
}
