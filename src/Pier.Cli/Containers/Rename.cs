using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier rename.</summary>
static class Rename
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "rename",
            Usage = "CONTAINER NEW_NAME",
            Summary = "Rename a container",
            Aliases = ["container rename", "rename"],
            MinimumArguments = 2,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (old, name) = (call.Arguments[0], call.Arguments[1]);
        if (old.Trim().Length == 0 || name.Trim().Length == 0)
            throw new CliFailure("Error: Neither old nor new names may be empty");
        try
        {
            call.Client.Call("POST", new QueryString($"/containers/{QueryString.Escape(old)}/rename").Add("name", name).ToString());
        }
        catch (DaemonError e)
        {
            throw new CliFailure($"{e.Message}\nError: failed to rename container named {old}");
        }
        return 0;
    }
}
