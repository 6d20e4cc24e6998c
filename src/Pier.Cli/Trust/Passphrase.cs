using Pier.Cli.CommandLines;
using Pier.Cli.Registries;

namespace Pier.Cli.Trust;

/// <summary>A key's passphrase: from the environment, for programs, or typed.</summary>
static class Passphrase
{
    public static string Ask(Invocation call, string prompt)
    {
        foreach (var name in (string[])["PIER_TRUST_PASSPHRASE", "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"])
            if (call.Environment.Variable(name) is { Length: > 0 } given)
                return given;
        if (!call.Environment.Terminal.IsInputTerminal)
            throw new CliFailure("a passphrase is needed: set PIER_TRUST_PASSPHRASE, or run on a terminal");
        return Login.Prompt(call, prompt, hidden: true);
    }

    public static string AskNew(Invocation call, string name)
    {
        var first = Ask(call, $"Enter passphrase for new {name} key: ");
        return first == Ask(call, $"Repeat passphrase for new {name} key: ") ? first : throw new CliFailure("passphrases do not match");
    }
}
