using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier tag.</summary>
static class Tag
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "tag",
            Usage = "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
            Summary = "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
            Aliases = ["image tag", "tag"],
            MinimumArguments = 2,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var target = call.Arguments[1];
        if (target.Contains('@'))
            throw new CliFailure("refusing to create a tag with a digest reference");
        var (repository, tag) = ImageNames.Split(target);
        call.Client.Call(
            "POST",
            new QueryString($"/images/{QueryString.Escape(call.Arguments[0])}/tag")
                .Add("repo", repository)
                .Add("tag", tag.Length > 0 ? tag : "latest")
                .ToString()
        );
        return 0;
    }
}
