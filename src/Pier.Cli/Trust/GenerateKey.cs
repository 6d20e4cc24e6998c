using System.Security.Cryptography;
using Pier.Cli.CommandLines;

namespace Pier.Cli.Trust;

/// <summary>pier trust key generate.</summary>
static class GenerateKey
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "trust key generate",
            Usage = "NAME",
            Summary = "Generate and load a signing key-pair",
            Options = [new("dir", '\0', "string", "Directory to generate key in, defaults to current directory")],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var name = call.Arguments[0];
        call.Out.WriteLine($"Generating key for {name}...");
        call.Out.Flush();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.GetFullPath(Path.Combine(call.Line.Text("dir") ?? ".", name + ".pub"));
        if (File.Exists(file))
            throw new CliFailure($"public key file already exists: \"{file}\"");
        File.WriteAllText(file, new TrustStore(call.Config.Directory).Add(name, key, Passphrase.AskNew(call, name)));
        call.Out.WriteLine($"Successfully generated and loaded private key. Corresponding public key available: {file}");
        return 0;
    }
}
