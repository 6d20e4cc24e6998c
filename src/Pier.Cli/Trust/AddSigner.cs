using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Trust;

/// <summary>pier trust signer add: whose signatures count for a repository.</summary>
static class AddSigner
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "trust signer add",
            Usage = "OPTIONS NAME REPOSITORY [REPOSITORY...]",
            Summary = "Add a signer",
            Options = [new("key", '\0', "list", "Path to the signer's public key file")],
            MinimumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var name = call.Arguments[0];
        var files = call.Line.List("key");
        if (files.Count == 0)
            throw new CliFailure("path to a public key must be provided using the `--key` flag");
        if (files.Count > 1)
            throw new CliFailure("a signer has one key: give each key a signer's name of its own");
        var store = new TrustStore(call.Config.Directory);
        string pem;
        try
        {
            pem = File.ReadAllText(files[0]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"unable to read public key from file: {e.Message}");
        }
        store.AddPublic(name, pem);
        foreach (var repository in call.Arguments.Skip(1))
        {
            call.Out.WriteLine($"Adding signer \"{name}\" to {repository}...");
            store.Signers.Add(ImageReference.Parse(repository).Name, name);
            call.Out.WriteLine($"Successfully added signer: {name} to {repository}\n");
        }
        return 0;
    }
}
