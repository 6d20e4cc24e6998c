using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>Options that mean nothing together with a namespace that is not the container's own, refused in Docker's words.</summary>
static class NetworkModeConflicts
{
    /// <summary>Checks what was asked for, before the image's own configuration is laid under it.</summary>
    public static void Check(ContainerConfig config, HostConfig host)
    {
        if (host.UTSMode == "host" && config.Hostname.Length > 0)
            throw Conflict("hostname and the UTS mode");
        var shared = host.NetworkMode.StartsWith("container:", StringComparison.Ordinal);
        if (shared && host.NetworkMode.Length == "container:".Length)
            throw new InvalidParameterException("invalid network mode: invalid container format container:<name|id>");
        if (shared && config.Hostname.Length > 0)
            throw Conflict("hostname and the network mode");
        CheckOptions(config, host);
        if (shared && config.ExposedPorts is { Count: > 0 })
            throw Conflict("port exposing and the container type network mode");
    }

    /// <summary>The options that conflict whoever asks: a client's container, or a step of a build.</summary>
    public static void CheckOptions(ContainerConfig config, HostConfig host)
    {
        if (host.NetworkMode == "host" && host.Links is { Length: > 0 })
            throw Conflict("host type networking can't be used with links. This would result in undefined behavior");
        if (!host.NetworkMode.StartsWith("container:", StringComparison.Ordinal))
            return;
        if (host.Links is { Length: > 0 })
            throw Conflict("container type network can't be used with links. This would result in undefined behavior");
        if (host.Dns is { Length: > 0 })
            throw Conflict("dns and the network mode");
        if (host.ExtraHosts is { Length: > 0 })
            throw Conflict("custom host-to-IP mapping and the network mode");
        if (config.MacAddress is { Length: > 0 })
            throw Conflict("mac-address and the network mode");
        if (host.PortBindings is { Count: > 0 } || host.PublishAllPorts)
            throw Conflict("port publishing and the container type network mode");
    }

    static InvalidParameterException Conflict(string what) => new("conflicting options: " + what);
}
