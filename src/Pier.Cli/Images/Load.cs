using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier load.</summary>
static class Load
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "load",
            Usage = "[OPTIONS]",
            Summary = "Load an image from a tar archive or STDIN",
            Aliases = ["image load", "load"],
            Options =
            [
                new("input", 'i', "string", "Read from tar archive file, instead of STDIN"),
                new(
                    "platform",
                    '\0',
                    "string",
                    "Load only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"
                ),
                new("quiet", 'q', "", "Suppress the load output"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var file = call.Line.Text("input");
        if (file is null && call.Environment.Terminal.IsInputTerminal)
            throw new CliFailure("requested load from stdin, but stdin is empty");
        using var input = file is null ? null : ArchiveFile.Open(file);
        var path = new QueryString("/images/load")
            .Add("quiet", call.Line.Flag("quiet") ? "1" : "0")
            .Add("platform", PlatformOption.ToJson(call));
        var answer = call.Client.Upload("POST", path.ToString(), input ?? call.Environment.Input, "application/x-tar");
        new ProgressPrinter(call.Out, call.Environment.Terminal.IsOutputTerminal && !call.Line.Flag("quiet")).Print(answer);
        answer.Connection.Dispose();
        return 0;
    }
}
