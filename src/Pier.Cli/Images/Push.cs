using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Cli.Transport;
using Pier.Cli.Trust;

namespace Pier.Cli.Images;

/// <summary>pier push.</summary>
static class Push
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "push",
            Usage = "[OPTIONS] NAME[:TAG]",
            Summary = "Upload an image to a registry",
            Aliases = ["image push", "push"],
            Options =
            [
                new("all-tags", 'a', "", "Push all tags of an image to the repository"),
                new("disable-content-trust", '\0', "", "Skip image signing (default true)"),
                new(
                    "platform",
                    '\0',
                    "string",
                    "Push a platform-specific manifest as a single-platform image to the registry.\n"
                        + "Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.\n"
                        + "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)"
                ),
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
        if (all && tag.Length > 0)
            throw new CliFailure("tag can't be used with --all-tags/-a");
        if (!all && tag.Length == 0)
        {
            tag = "latest";
            if (!call.Line.Flag("quiet"))
                call.Out.WriteLine("Using default tag: latest");
            call.Out.Flush();
        }
        var trusted = ContentTrust.IsOn(call);
        if (trusted && all)
            throw new CliFailure("--all-tags is not supported with content trust: push the tags one by one");
        var digest = Image(call, repository, tag, all, PlatformOption.ToJson(call), call.Line.Flag("quiet"));
        if (call.Line.Flag("quiet"))
            call.Out.WriteLine($"{repository}:{tag}");
        if (trusted)
            ContentTrust.Sign(call, Manifests.Fetching.Parse($"{repository}:{tag}"), digest, call.Environment.Variable("PIER_TRUST_KEY"));
        return 0;
    }

    /// <summary>Pushes, and answers the digest that the last name has in the registry now.</summary>
    public static Model.Digest Image(Invocation call, string repository, string tag, bool all, string? platform, bool quiet)
    {
        var path = new QueryString($"/images/{QueryString.Escape(repository)}/push")
            .Add("tag", all ? null : tag)
            .Add("platform", platform)
            .ToString();
        var answer = call.Client.Open(
            "POST",
            path,
            registryAuth: new CredentialFile(call.Config.Directory).Header(CredentialFile.KeyOf(repository))
        );
        using var writer = new StreamWriter(quiet ? Stream.Null : call.Environment.Output, leaveOpen: true) { NewLine = "\n" };
        var printer = new ProgressPrinter(writer, call.Environment.Terminal.IsOutputTerminal);
        printer.Print(answer);
        answer.Connection.Dispose();
        return Model.Digest.TryParse(printer.Digest, out var digest)
            ? digest
            : throw new CliFailure("the daemon did not tell the digest of what it pushed");
    }
}
