using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Cli.Transport;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Cli.Networks;

/// <summary>pier network connect.</summary>
static class Connect
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "network connect",
            Usage = "[OPTIONS] NETWORK CONTAINER",
            Summary = "Connect a container to a network",
            Options =
            [
                new("alias", '\0', "strings", "Add network-scoped alias for the container"),
                new("driver-opt", '\0', "strings", "driver options for the network"),
                new("gw-priority", '\0', "int", "Highest gw-priority provides the default gateway. Accepts positive and negative values."),
                new("ip", '\0', "string", "IPv4 address (e.g., \"172.30.100.104\")"),
                new("ip6", '\0', "string", "IPv6 address (e.g., \"2001:db8::33\")"),
                new("link", '\0', "list", "Add link to another container"),
                new("link-local-ip", '\0', "strings", "Add a link-local address for the container"),
            ],
            MinimumArguments = 2,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var local = line.Array("link-local-ip");
        var request = new NetworkConnectRequest
        {
            Container = call.Arguments[1],
            EndpointConfig = new EndpointSettings
            {
                IPAMConfig =
                    line.Has("ip") || line.Has("ip6") || local is not null
                        ? new EndpointIpamConfig
                        {
                            IPv4Address = line.Text("ip") ?? "",
                            IPv6Address = line.Text("ip6") ?? "",
                            LinkLocalIPs = local,
                        }
                        : null,
                Links = line.Array("link"),
                Aliases = line.Array("alias"),
                DriverOpts = KeyValues.Map(line.List("driver-opt")),
                GwPriority = (int)(line.Number("gw-priority") ?? 0),
            },
        };
        call.Client.Call(
            "POST",
            $"/networks/{QueryString.Escape(call.Arguments[0])}/connect",
            request,
            ContractsJson.Default.NetworkConnectRequest
        );
        return 0;
    }
}
