using Pier.Cli.CommandLines;
using Pier.Cli.Manifests;

namespace Pier.Cli.Trust;

/// <summary>pier trust revoke.</summary>
static class Revoke
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "trust revoke",
            Usage = "[OPTIONS] IMAGE[:TAG]",
            Summary = "Remove trust for an image",
            Options =
            [
                new("insecure", '\0', "", "Allow communication with an insecure registry"),
                new("yes", 'y', "", "Do not prompt for confirmation"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var name = Fetching.Parse(call.Arguments[0]);
        if (
            !call.Line.Flag("yes")
            && !Confirmation.Ask(call, $"Please confirm you would like to delete your signatures of {name.Familiar}? [y/N] ")
        )
            throw new CliFailure("trust revoke has been cancelled");
        if (!ContentTrust.Revoke(call, name))
            throw new CliFailure($"could not remove signature for {name.Familiar}: no valid trust data of your keys for {name.Tag}");
        call.Out.WriteLine($"Successfully deleted signature for {name.Familiar}");
        return 0;
    }
}
