using System.Security.Cryptography;
using Pier.Cli.CommandLines;

namespace Pier.Cli.Trust;

/// <summary>pier trust key load.</summary>
static class LoadKey
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "trust key load",
            Usage = "[OPTIONS] KEYFILE",
            Summary = "Load a private key file for signing",
            Options = [new("name", '\0', "string", "Name for the loaded key (default \"signer\")")],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (file, name) = (call.Arguments[0], call.Line.Text("name") ?? "signer");
        using var key = ECDsa.Create();
        try
        {
            var pem = File.ReadAllText(file);
            if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
                key.ImportFromEncryptedPem(pem, Passphrase.Ask(call, $"Enter passphrase for {file}: "));
            else
                key.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"error importing key from {file}: {e.Message}");
        }
        new TrustStore(call.Config.Directory).Add(name, key, Passphrase.AskNew(call, name));
        call.Out.WriteLine($"Successfully imported key from {file}");
        return 0;
    }
}
