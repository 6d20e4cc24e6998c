using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Trust;

/// <summary>pier trust signer remove: the key stays among the trusted ones, but does not count for these repositories any more.</summary>
static class RemoveSigner
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "trust signer remove",
            Usage = "[OPTIONS] NAME REPOSITORY [REPOSITORY...]",
            Summary = "Remove a signer",
            Options = [new("force", 'f', "", "Remove the only signer of a repository, too")],
            MinimumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (name, signers) = (call.Arguments[0], new TrustStore(call.Config.Directory).Signers);
        foreach (var repository in call.Arguments.Skip(1))
        {
            call.Out.WriteLine($"Removing signer \"{name}\" from {repository}...");
            signers.Remove(ImageReference.Parse(repository).Name, name, call.Line.Flag("force"));
            call.Out.WriteLine($"Successfully removed {name} from {repository}\n");
        }
        return 0;
    }
}
