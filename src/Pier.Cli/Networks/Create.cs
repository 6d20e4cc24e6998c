using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Contracts;

namespace Pier.Cli.Networks;

/// <summary>pier network create.</summary>
static class Create
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "network create",
            Usage = "[OPTIONS] NETWORK",
            Summary = "Create a network",
            Options =
            [
                new("attachable", '\0', "", "Enable manual container attachment"),
                new("aux-address", '\0', "map", "Auxiliary IPv4 or IPv6 addresses used by Network driver (default map[])"),
                new("config-from", '\0', "string", "The network from which to copy the configuration"),
                new("config-only", '\0', "", "Create a configuration only network"),
                new("driver", 'd', "string", "Driver to manage the Network (default \"bridge\")"),
                new("gateway", '\0', "strings", "IPv4 or IPv6 Gateway for the master subnet"),
                new("ingress", '\0', "", "Create swarm routing-mesh network"),
                new("internal", '\0', "", "Restrict external access to the network"),
                new("ip-range", '\0', "strings", "Allocate container ip from a sub-range"),
                new("ipam-driver", '\0', "string", "IP Address Management Driver (default \"default\")"),
                new("ipam-opt", '\0', "map", "Set IPAM driver specific options (default map[])"),
                new("ipv4", '\0', "", "Enable or disable IPv4 address assignment (default true)"),
                new("ipv6", '\0', "", "Enable or disable IPv6 address assignment"),
                new("label", '\0', "list", "Set metadata on a network"),
                new("opt", 'o', "map", "Set driver specific options (default map[])"),
                new("scope", '\0', "string", "Control the network's scope"),
                new("subnet", '\0', "strings", "Subnet in CIDR format that represents a network segment"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var ipam = line.Text("ipam-driver") ?? "default";
        var request = new NetworkCreateRequest
        {
            Name = call.Arguments[0],
            Driver = line.Text("driver") ?? "bridge",
            Scope = line.Text("scope") ?? "",
            EnableIPv4 = line.Has("ipv4") ? line.Flag("ipv4") : null,
            EnableIPv6 = line.Has("ipv6") ? line.Flag("ipv6") : null,
            IPAM = new Ipam
            {
                Driver = ipam,
                Options = KeyValues.Map(line.List("ipam-opt")),
                Config = AddressOptions.Ranges(line),
            },
            Internal = line.Flag("internal"),
            Attachable = line.Flag("attachable"),
            Ingress = line.Flag("ingress"),
            ConfigOnly = line.Flag("config-only"),
            ConfigFrom = line.Text("config-from") is { } from ? new ConfigReference(from) : null,
            Options = KeyValues.Map(line.List("opt")),
            Labels = KeyValues.Map(line.List("label")),
        };
        using var answer = JsonDocument.Parse(
            call.Client.Call("POST", "/networks/create", request, ContractsJson.Default.NetworkCreateRequest)
        );
        call.Out.WriteLine(answer.RootElement.Text("Id"));
        return 0;
    }
}
