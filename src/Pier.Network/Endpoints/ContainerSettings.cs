using Pier.Model;

namespace Pier.Network.Endpoints;

/// <summary>
/// What dockerd sets in every container's network namespace (its default sysctls); a container's own sysctls come later and win.
/// </summary>
static class ContainerSettings
{
    /// <summary>Applies to the calling thread's namespace.</summary>
    public static void Apply()
    {
        // Unprivileged processes may bind low ports and send pings: the namespace is the container's alone.
        NetworkSettings.Set("ipv4/ip_unprivileged_port_start", "0");
        NetworkSettings.Set("ipv4/ping_group_range", "0\t2147483647");
        // Devices of a network without IPv6 get no link-local address and believe no router advertisement; lo keeps ::1.
        NetworkSettings.Set("ipv6/conf/default/disable_ipv6", "1");
    }

    /// <summary>Gives a device IPv6; addresses come from us, never from who claims to be a router (CVE-2020-13401).</summary>
    public static void EnableIpv6(string device)
    {
        NetworkSettings.Set($"ipv6/conf/{device}/accept_ra", "0");
        NetworkSettings.Set($"ipv6/conf/{device}/accept_redirects", "0");
        NetworkSettings.Set($"ipv6/conf/{device}/disable_ipv6", "0");
    }

    /// <summary>What was asked for a device by name is said to be missing where the kernel lacks it.</summary>
    public static void Apply(string device, IReadOnlyList<DeviceSetting> settings)
    {
        foreach (var (family, group, key, value) in settings)
        {
            var name = $"{family}/{group}/{device}/{key}";
            if (NetworkSettings.Read(name) is null)
                throw new InvalidParameterException($"/proc/sys/net/{name} is not a sysctl file");
            NetworkSettings.Set(name, value);
        }
    }
}
