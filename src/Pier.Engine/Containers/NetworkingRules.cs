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
        CheckMode(mode, host, config);
        var endpoints = new Dictionary<string, EndpointSettings?>();
        if (mode.Kind == NetworkModeKind.Container) return new NetworkingConfig { EndpointsConfig = endpoints };
        var own = mode.ToString();
        foreach (var (key, settings) in asked?.EndpointsConfig ?? [])
        {
            var name = key is "" or "default" ? NetworkMode.DefaultNetwork : key;
            if (mode.Kind is NetworkModeKind.Host or NetworkModeKind.None && name != own)
                throw new InvalidParameterException($"conflicting options: a container in network mode {own} cannot be connected to the network {name}");
            var found = mode.Kind == NetworkModeKind.Network ? networks.Find(name) : null;
            if (found?.Driver is "host" or "null") throw new InvalidParameterException($"container cannot be connected to the network {name} and to others");
            if (found is not null) NetworkRules.CheckEndpoint(found, settings);
            endpoints[found?.Name ?? name] = (settings ?? new EndpointSettings()) with { NetworkID = found?.Id ?? "" };
        }

        var first = mode.Kind == NetworkModeKind.Network ? networks.Find(own)?.Name ?? own : own;
        endpoints.TryAdd(first, new EndpointSettings());
        return new NetworkingConfig { EndpointsConfig = endpoints };
    }

    static void CheckMode(NetworkMode mode, HostConfig host, ContainerConfig config)
    {
        if (mode.Kind != NetworkModeKind.Container && mode.Kind != NetworkModeKind.Host) return;
        if (host.Links is { Length: > 0 })
            throw new InvalidParameterException(mode.Kind == NetworkModeKind.Host
                ? "conflicting options: host type networking can't be used with links. This would result in undefined behavior"
                : "conflicting options: container type network can't be used with links. This would result in undefined behavior");
        if (mode.Kind == NetworkModeKind.Host) return;
        if (host.PublishAllPorts || host.PortBindings is { Count: > 0 }) throw new InvalidParameterException("conflicting options: port publishing and the container type network mode");
        if (config.MacAddress is { Length: > 0 }) throw new InvalidParameterException("conflicting options: mac-address and the network mode");
        if (host.Dns is { Length: > 0 }) throw new InvalidParameterException("conflicting options: dns and the network mode");
        if (host.ExtraHosts is { Length: > 0 }) throw new InvalidParameterException("conflicting options: custom host-to-IP mapping and the network mode");
    }
}
