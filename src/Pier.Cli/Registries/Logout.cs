using Pier.Cli.CommandLines;

namespace Pier.Cli.Registries;

/// <summary>pier logout.</summary>
static class Logout
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "logout",
            Usage = "[SERVER]",
            Summary = "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
            MinimumArguments = 0,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var key = call.Arguments.Count > 0 ? Login.Server(call.Arguments[0]) : CredentialFile.Hub;
        var known = new CredentialFile(call.Config.Directory).Erase(key);
        call.Out.WriteLine(known ? $"Removing login credentials for {key}" : $"Not logged in to {key}");
        return 0;
    }
}
