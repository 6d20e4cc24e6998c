using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Networks;

/// <summary>pier network rm.</summary>
static class Remove
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "network rm",
            Usage = "NETWORK [NETWORK...]",
            Summary = "Remove one or more networks",
            Aliases = ["network rm", "network remove"],
            Options = [new("force", 'f', "", "Do not error if the network does not exist")],
            MinimumArguments = 1,
            Run = call => call.ForEach(name => RemoveOne(call, name)),
        };

    static void RemoveOne(Invocation call, string name)
    {
        try
        {
            call.Client.Call("DELETE", $"/networks/{QueryString.Escape(name)}");
        }
        catch (DaemonError e) when (e.Status == 404 && call.Line.Flag("force")) { }
    }
}
