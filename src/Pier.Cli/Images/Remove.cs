using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier rmi.</summary>
static class Remove
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "rmi",
            Usage = "[OPTIONS] IMAGE [IMAGE...]",
            Summary = "Remove one or more images",
            Aliases = ["image rm", "image remove", "rmi"],
            Options =
            [
                new("force", 'f', "", "Force removal of the image"),
                new("no-prune", '\0', "", "Do not delete untagged parents"),
                new(
                    "platform",
                    '\0',
                    "strings",
                    "Remove only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"
                ),
            ],
            MinimumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var code = 0;
        foreach (var name in call.Arguments)
        {
            try
            {
                var path = new QueryString($"/images/{QueryString.Escape(name)}")
                    .AddIf(call.Line.Flag("force"), "force")
                    .AddIf(call.Line.Flag("no-prune"), "noprune");
                using var document = JsonDocument.Parse(call.Client.Call("DELETE", path.ToString()));
                foreach (var row in document.RootElement.EnumerateArray())
                    call.Out.WriteLine(
                        row.Text("Deleted") is { Length: > 0 } deleted ? $"Deleted: {deleted}" : $"Untagged: {row.Text("Untagged")}"
                    );
            }
            catch (DaemonError e)
            {
                // --force makes what is not there no error.
                call.Out.Flush();
                call.Error.WriteLine(e.Message);
                if (!call.Line.Flag("force") || e.Status != 404)
                    code = 1;
            }
        }
        return code;
    }
}
