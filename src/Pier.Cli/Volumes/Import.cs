using Pier.Cli.CommandLines;
using Pier.Cli.Images;
using Pier.Cli.Transport;

namespace Pier.Cli.Volumes;

/// <summary>pier volume import: fills a volume from a tar. Pier's own.</summary>
static class Import
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "volume import",
            Usage = "[OPTIONS] VOLUME [FILE|-]",
            Summary = "Import the contents of a tar archive into a volume, which is created if it does not exist",
            Options = [new("input", 'i', "string", "Read from a file, instead of STDIN")],
            MinimumArguments = 1,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var path = call.Line.Text("input") ?? (call.Arguments.Count > 1 ? call.Arguments[1] : "-");
        if (path == "-" && call.Environment.Terminal.IsInputTerminal)
            throw new CliFailure("requested import from stdin, but stdin is a terminal");
        using var file = path == "-" ? null : ArchiveFile.Open(path);
        var answer = call.Client.Upload(
            "POST",
            $"/pier/volumes/{QueryString.Escape(call.Arguments[0])}/import",
            file ?? call.Environment.Input,
            "application/x-tar"
        );
        using (answer.Connection)
            answer.ReadAll();
        call.Out.WriteLine(call.Arguments[0]);
        return 0;
    }
}
