using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Images;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier commit.</summary>
static class Commit
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "commit",
            Usage = "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
            Summary = "Create a new image from a container's changes",
            Aliases = ["container commit", "commit"],
            Options =
            [
                new("author", 'a', "string", "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"),
                new("change", 'c', "list", "Apply Dockerfile instruction to the created image"),
                new("message", 'm', "string", "Commit message"),
                new("pause", 'p', "", "Pause container during commit (default true)"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (repository, tag) = call.Arguments.Count > 1 ? ImageNames.Split(call.Arguments[1]) : ("", "");
        if (repository.Length > 0 && tag.Length == 0)
            tag = "latest";
        var path = new QueryString("/commit")
            .Add("container", call.Arguments[0])
            .AddIf(repository.Length > 0, "repo", repository)
            .AddIf(tag.Length > 0, "tag", tag)
            .Add("author", call.Line.Text("author"))
            .Add("comment", call.Line.Text("message"))
            .AddIf(!call.Line.Flag("pause", missing: true), "pause", "0");
        foreach (var change in call.Line.List("change"))
            path.Add("changes", change);
        using var document = JsonDocument.Parse(call.Client.Call("POST", path.ToString(), "null"u8));
        call.Out.WriteLine(document.RootElement.Text("Id"));
        return 0;
    }
}
