using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier import.</summary>
static class Import
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "import",
            Usage = "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
            Summary = "Import the contents from a tarball to create a filesystem image",
            Aliases = ["image import", "import"],
            Options =
            [
                new("change", 'c', "list", "Apply Dockerfile instruction to the created image"),
                new("message", 'm', "string", "Set commit message for imported image"),
                new("platform", '\0', "string", "Set platform if server is multi-platform capable"),
            ],
            MinimumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var source = call.Arguments[0];
        var (repository, tag) = call.Arguments.Count > 1 ? ImageNames.Split(call.Arguments[1]) : ("", "");
        var remote = source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal);
        var path = new QueryString("/images/create")
            .Add("fromSrc", remote ? source : "-")
            .Add("repo", repository)
            .Add("tag", tag)
            .Add("message", call.Line.Text("message"))
            .Add("platform", call.Line.Text("platform"));
        foreach (var change in call.Line.List("change"))
            path.Add("changes", change);
        using var file = source == "-" || remote ? null : ArchiveFile.Open(source);
        var answer = remote
            ? call.Client.Open("POST", path.ToString())
            : call.Client.Upload("POST", path.ToString(), file ?? call.Environment.Input, "application/x-tar");
        new ProgressPrinter(call.Out, terminal: false).Print(answer);
        answer.Connection.Dispose();
        return 0;
    }
}
