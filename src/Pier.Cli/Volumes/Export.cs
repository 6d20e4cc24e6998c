using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Volumes;

/// <summary>pier volume export: a backup of a volume as a tar. Pier's own.</summary>
static class Export
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "volume export",
            Usage = "[OPTIONS] VOLUME",
            Summary = "Export a volume's content as a tar archive",
            Options = [new("output", 'o', "string", "Write to a file, instead of STDOUT")],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var path = call.Line.Text("output");
        if (path is null && call.Environment.Terminal.IsOutputTerminal)
            throw new CliFailure("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        var answer = call.Client.Open("GET", $"/pier/volumes/{QueryString.Escape(call.Arguments[0])}/export");
        using (answer.Connection)
        {
            if (path is null)
                answer.Body.CopyTo(call.Environment.Output);
            else
                Save(answer.Body, path);
        }
        return 0;
    }

    // Under another name until it is whole: half a backup must not look like one.
    static void Save(Stream body, string path)
    {
        var partial = path + ".partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
                body.CopyTo(file);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
