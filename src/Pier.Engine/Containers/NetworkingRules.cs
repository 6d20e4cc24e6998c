using Pier.Engine.Networks;
using Pier.Model;
using Pier.Network;

namespace Pier.Engine.Containers;

/// <summary>The networks that a new container asks for, under their names.</summary>
static class NetworkingRules
{
    /// <summary>
    /// Keys become network names where the network is there already (a missing one is an error of the start, as in Docker), and the one of
    /// HostConfig.NetworkMode is always among them.
    /// </summary>
    public static NetworkingConfig Resolve(NetworkingConfig? asked, HostConfig host, ContainerConfig config, NetworkTable networks)
    {
        var mode = NetworkMode.Parse(host.NetworkMode);
        NetworkModeConflicts.CheckOptions(config, host);
        var endpoints = new Dictionary<string, EndpointSettings?>();
        if (mode.Kind == NetworkModeKind.Container)
            return new NetworkingConfig { EndpointsConfig = endpoints };
        var own = mode.ToString();
        foreach (var (key, settings) in asked?.EndpointsConfig ?? [])
        {
            var name = key is "" or "default" ? NetworkMode.DefaultNetwork : key;
            if (mode.Kind is NetworkModeKind.Host or NetworkModeKind.None && name != own)
                throw new InvalidParameterException(
                    $"conflicting options: a container in network mode {own} cannot be connected to the network {name}"
                );
            var found = mode.Kind == NetworkModeKind.Network ? networks.Find(name) : null;
            if (found?.Driver is "host" or "null")
                throw new InvalidParameterException($"container cannot be connected to the network {name} and to others");
            if (found is not null)
                EndpointRules.Check(found, settings);
            endpoints[found?.Name ?? name] = (settings ?? new EndpointSettings()) with { NetworkID = found?.Id ?? "" };
        }

        var first = mode.Kind == NetworkModeKind.Network ? networks.Find(own)?.Name ?? own : own;
        endpoints.TryAdd(first, new EndpointSettings());
        return new NetworkingConfig { EndpointsConfig = endpoints };
    }
}
