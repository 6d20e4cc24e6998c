using Pier.Cli.CommandLines;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Networks;

/// <summary>pier network disconnect.</summary>
static class Disconnect
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "network disconnect",
            Usage = "[OPTIONS] NETWORK CONTAINER",
            Summary = "Disconnect a container from a network",
            Options = [new("force", 'f', "", "Force the container to disconnect from a network")],
            MinimumArguments = 2,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var request = new NetworkDisconnectRequest { Container = call.Arguments[1], Force = call.Line.Flag("force") };
        call.Client.Call(
            "POST",
            $"/networks/{QueryString.Escape(call.Arguments[0])}/disconnect",
            request,
            ContractsJson.Default.NetworkDisconnectRequest
        );
        return 0;
    }
}
