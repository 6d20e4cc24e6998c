using Pier.Cli.CommandLines;
using Pier.Cli.Manifests;

namespace Pier.Cli.Trust;

/// <summary>pier trust sign: what the registry has under the name, or with --local what is here, pushed first.</summary>
static class Sign
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "trust sign",
            Usage = "IMAGE:TAG",
            Summary = "Sign an image",
            Options =
            [
                new("insecure", '\0', "", "Allow communication with an insecure registry"),
                new("key", '\0', "string", "Name of the key that signs (default $PIER_TRUST_KEY, or the only one)"),
                new("local", '\0', "", "Sign a locally tagged image"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var name = Fetching.Parse(call.Arguments[0]);
        if (name.Tag is null)
            throw new CliFailure("a tag is needed: IMAGE:TAG");
        var key = call.Line.Text("key") ?? call.Environment.Variable("PIER_TRUST_KEY");
        if (call.Line.Flag("local"))
        {
            ContentTrust.Sign(
                call,
                name,
                Images.Push.Image(call, name.FamiliarName, name.Tag, all: false, platform: null, quiet: false),
                key
            );
            return 0;
        }
        Model.Digest target;
        using (var door = Fetching.Open(call, name))
            target = Fetching.Manifest(door, name).Descriptor.Digest;
        ContentTrust.Sign(call, name, target, key);
        return 0;
    }
}
