using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>--network, once or more, by name or as "name=x,alias=y,ip=z", and the options that belong to the only one.</summary>
static class NetworkOptions
{
    /// <summary>What HostConfig.NetworkMode says: the first network.</summary>
    public static string Mode(ParsedLine line) => line.List("network") is [var first, ..] ? Name(first) : "default";

    public static NetworkingConfig? Networking(ParsedLine line)
    {
        var networks = line.List("network");
        var single = Shared(line);
        if (networks.Count == 0 && single == new EndpointSettings())
            return null;
        var endpoints = new Dictionary<string, EndpointSettings?>();
        foreach (var network in networks.Count == 0 ? ["default"] : networks)
        {
            var name = Name(network);
            if (name is "host" or "none" || name.StartsWith("container:", StringComparison.Ordinal))
                continue;
            if (endpoints.ContainsKey(name))
                throw new CliFailure($"conflicting options: network \"{name}\" is specified multiple times", 125);
            endpoints[name] =
                network.Contains('=') ? Advanced(network)
                : endpoints.Count == 0 ? single
                : new EndpointSettings();
        }
        return endpoints.Count == 0 ? null : new NetworkingConfig { EndpointsConfig = endpoints };
    }

    static EndpointSettings Shared(ParsedLine line)
    {
        var (ip, ip6, local) = (line.Text("ip") ?? "", line.Text("ip6") ?? "", line.Array("link-local-ip"));
        return new EndpointSettings
        {
            IPAMConfig =
                ip.Length + ip6.Length > 0 || local is not null
                    ? new EndpointIpamConfig
                    {
                        IPv4Address = ip,
                        IPv6Address = ip6,
                        LinkLocalIPs = local,
                    }
                    : null,
            Aliases = line.Array("network-alias"),
            Links = line.Has("network") && Mode(line) is not ("default" or "bridge") ? line.Array("link") : null,
            MacAddress = line.Text("mac-address") ?? "",
        };
    }

    static string Name(string network)
    {
        if (!network.Contains('='))
            return network;
        foreach (var field in network.Split(','))
            if (field.StartsWith("name=", StringComparison.Ordinal))
                return field["name=".Length..];
        throw new UsageFailure($"invalid argument \"{network}\" for \"--network\" flag: network name/id is not specified");
    }

    static EndpointSettings Advanced(string network)
    {
        var aliases = new List<string>();
        var options = new Dictionary<string, string>();
        var local = new List<string>();
        string ip = "",
            ip6 = "",
            mac = "";
        var priority = 0;
        foreach (var field in network.Split(','))
        {
            var (key, value) = KeyValues.Split(field);
            switch (key)
            {
                case "name":
                    break;
                case "alias":
                    aliases.Add(value);
                    break;
                case "ip":
                    ip = value;
                    break;
                case "ip6":
                    ip6 = value;
                    break;
                case "link-local-ip":
                    local.Add(value);
                    break;
                case "mac-address":
                    mac = value;
                    break;
                case "gw-priority" when int.TryParse(value, out priority):
                    break;
                case "driver-opt":
                    var (name, setting) = KeyValues.Split(value);
                    options[name] = setting;
                    break;
                default:
                    throw new UsageFailure($"invalid argument \"{network}\" for \"--network\" flag: invalid field key {key}");
            }
        }
        return new EndpointSettings
        {
            IPAMConfig =
                ip.Length + ip6.Length + local.Count > 0
                    ? new EndpointIpamConfig
                    {
                        IPv4Address = ip,
                        IPv6Address = ip6,
                        LinkLocalIPs = local.Count == 0 ? null : [.. local],
                    }
                    : null,
            Aliases = aliases.Count == 0 ? null : [.. aliases],
            DriverOpts = options.Count == 0 ? null : options,
            MacAddress = mac,
            GwPriority = priority,
        };
    }
}
