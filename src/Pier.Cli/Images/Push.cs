using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier push.</summary>
static class Push
{
    public static CommandSpec Spec => new()
    {
        Name = "push",
        Usage = "[OPTIONS] NAME[:TAG]",
        Summary = "Upload an image to a registry",
        Aliases = ["image push", "push"],
        Options =
        [
            new("all-tags", 'a', "", "Push all tags of an image to the repository"),
            new("disable-content-trust", '\0', "", "Skip image signing (default true)"),
            new("platform", '\0', "string", "Push a platform-specific manifest as a single-platform image to the registry.\n"
                + "Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.\n"
                + "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)"),
            new("quiet", 'q', "", "Suppress verbose output"),
        ],
        MinimumArguments = 1,
        MaximumArguments = 1,
        Run = Execute,
    };

    static int Execute(Invocation call)
    {
        var (repository, tag) = ImageNames.Split(call.Arguments[0]);
        var all = call.Line.Flag("all-tags");
        if (all && tag.Length > 0) throw new CliFailure("tag can't be used with --all-tags/-a");
        if (!all && tag.Length == 0)
        {
            tag = "latest";
            if (!call.Line.Flag("quiet")) call.Out.WriteLine("Using default tag: latest");
            call.Out.Flush();
        }
        var path = new QueryString($"/images/{QueryString.Escape(repository)}/push").Add("tag", all ? null : tag).Add("platform", PlatformOption.ToJson(call)).ToString();
        var answer = call.Client.Open("POST", path, registryAuth: new CredentialFile(call.Config.Directory).Header(CredentialFile.KeyOf(repository)));
        using var writer = new StreamWriter(call.Line.Flag("quiet") ? Stream.Null : call.Environment.Output, leaveOpen: true) { NewLine = "\n" };
        new ProgressPrinter(writer, call.Environment.Terminal.IsOutputTerminal).Print(answer);
        answer.Connection.Dispose();
        if (call.Line.Flag("quiet")) call.Out.WriteLine($"{repository}:{tag}");
        return 0;
    }
}
