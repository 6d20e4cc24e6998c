using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier pull.</summary>
static class Pull
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "pull",
            Usage = "[OPTIONS] NAME[:TAG|@DIGEST]",
            Summary = "Download an image from a registry",
            Aliases = ["image pull", "pull"],
            Options =
            [
                new("all-tags", 'a', "", "Download all tagged images in the repository"),
                new("disable-content-trust", '\0', "", "Skip image verification (default true)"),
                new("platform", '\0', "string", "Set platform if server is multi-platform capable"),
                new("quiet", 'q', "", "Suppress verbose output"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var name = call.Arguments[0];
        var (_, tag) = ImageNames.Split(name);
        if (call.Line.Flag("all-tags"))
        {
            if (tag.Length > 0)
                throw new CliFailure("tag can't be used with --all-tags/-a");
        }
        else if (tag.Length == 0 && !call.Line.Flag("quiet"))
        {
            call.Out.WriteLine("Using default tag: latest");
            call.Out.Flush();
        }
        if (Trust.ContentTrust.IsOn(call))
        {
            if (call.Line.Flag("all-tags"))
                throw new CliFailure("--all-tags is not supported with content trust: pull the tags one by one");
            Trust.ContentTrust.Pull(
                call,
                name,
                signed => Image(call, signed, call.Line.Text("platform"), call.Line.Flag("quiet"), call.Environment.Output)
            );
        }
        else
        {
            Image(call, name, call.Line.Text("platform"), call.Line.Flag("quiet"), call.Environment.Output, call.Line.Flag("all-tags"));
        }
        if (call.Line.Flag("quiet"))
            call.Out.WriteLine(ImageNames.WithTag(name));
        return 0;
    }

    /// <summary>Pulls, with its progress on the given stream.</summary>
    public static void Image(Invocation call, string name, string? platform, bool quiet, Stream progress, bool allTags = false)
    {
        var (repository, tag) = ImageNames.Split(name);
        var path = new QueryString("/images/create")
            .Add("fromImage", repository)
            .Add(
                "tag",
                allTags ? null
                    : tag.Length > 0 ? tag
                    : "latest"
            )
            .Add("platform", platform);
        var answer = call.Client.Open(
            "POST",
            path.ToString(),
            registryAuth: new Registries.CredentialFile(call.Config.Directory).Header(Registries.CredentialFile.KeyOf(repository))
        );
        using var writer = new StreamWriter(quiet ? Stream.Null : progress, leaveOpen: true) { NewLine = "\n" };
        new ProgressPrinter(writer, call.Environment.Terminal.IsOutputTerminal).Print(answer);
        answer.Connection.Dispose();
    }
}
