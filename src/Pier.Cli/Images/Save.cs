using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier save.</summary>
static class Save
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "save",
            Usage = "[OPTIONS] IMAGE [IMAGE...]",
            Summary = "Save one or more images to a tar archive (streamed to STDOUT by default)",
            Aliases = ["image save", "save"],
            Options =
            [
                new("output", 'o', "string", "Write to a file, instead of STDOUT"),
                new(
                    "platform",
                    '\0',
                    "string",
                    "Save only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"
                ),
            ],
            MinimumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        ArchiveTarget.Check(call, "failed to save image");
        var path = new QueryString("/images/get");
        foreach (var image in call.Arguments)
            path.Add("names", image);
        var answer = call.Client.Open("GET", path.Add("platform", PlatformOption.ToJson(call)).ToString());
        ArchiveTarget.Write(call, answer);
        return 0;
    }
}
