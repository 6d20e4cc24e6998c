using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>
/// What a creation means to clients of older API versions: fields that they do not know are left out, defaults are those of their time.
/// </summary>
static class CreateVersions
{
    public const string MacAddressWarning =
        "The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.";

    public static ContainerConfig Config(ContainerConfig config, ApiVersion version) =>
        version.IsBefore(44) && config.Healthcheck is { } health
            ? config with
            {
                Healthcheck = health with { StartInterval = null },
            }
            : config;

    public static HostConfig Host(HostConfig host, ApiVersion version)
    {
        if (version.IsBefore(44))
            host = host with { Mounts = host.Mounts?.Select(PlainReadOnly).ToArray() };
        if (version.IsBefore(43))
            host = host with { Annotations = null };
        if (version.IsBefore(42))
            host = host with { ConsoleSize = null };
        // Cgroup namespaces came with 1.41, private IPC namespaces as the default with 1.40, AutoRemove with 1.25.
        if (version.IsBefore(41) && host.CgroupnsMode.Length == 0)
            host = host with { CgroupnsMode = "host" };
        if (version.IsBefore(40) && host.IpcMode.Length == 0)
            host = host with { IpcMode = "shareable" };
        if (version.IsBefore(25))
            host = host with { AutoRemove = false };
        return host;
    }

    /// <summary>Several networks at creation came with 1.44.</summary>
    public static void Check(NetworkingConfig? networking, ApiVersion version)
    {
        if (version.IsBefore(44) && networking?.EndpointsConfig is { Count: > 1 } endpoints)
            throw new InvalidParameterException(
                $"Container cannot be created with multiple network endpoints: {string.Join(", ", endpoints.Keys)}"
            );
    }

    /// <summary>
    /// A container's own MacAddress is what clients before 1.44 knew; it is its main network's. What has no network of its own keeps it, to
    /// be refused.
    /// </summary>
    public static (ContainerConfig Config, NetworkingConfig? Networking) MoveMacAddress(
        ContainerConfig config,
        HostConfig host,
        NetworkingConfig? networking
    )
    {
        var mode = host.NetworkMode is "" or "bridge" ? "default" : host.NetworkMode;
        if (
            config.MacAddress is not { Length: > 0 } mac
            || mode is "host" or "none"
            || mode.StartsWith("container:", StringComparison.Ordinal)
        )
            return (config, networking);
        var endpoints = new Dictionary<string, EndpointSettings?>(networking?.EndpointsConfig ?? []);
        var key = endpoints.Keys.FirstOrDefault(k => k == mode || mode == "default" && k is "" or "bridge") ?? mode;
        var endpoint = endpoints.GetValueOrDefault(key) ?? new EndpointSettings();
        if (endpoint.MacAddress.Length > 0 && endpoint.MacAddress != mac)
            throw new InvalidParameterException(
                "the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty"
            );
        endpoints[key] = endpoint with { MacAddress = mac };
        return (config with { MacAddress = null }, (networking ?? new NetworkingConfig()) with { EndpointsConfig = endpoints });
    }

    // Before 1.44 read-only meant the mount itself and not what lies below it.
    static MountRequest PlainReadOnly(MountRequest mount)
    {
        if (mount.Type != "bind")
            return mount;
        if (mount.BindOptions is { ReadOnlyForceRecursive: true })
            throw new InvalidParameterException("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
        return mount.ReadOnly
            ? mount with
            {
                BindOptions = (mount.BindOptions ?? new BindOptions()) with { ReadOnlyNonRecursive = true },
            }
            : mount;
    }
}
