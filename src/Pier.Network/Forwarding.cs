namespace Pier.Network;

/// <summary>The host as a router (Documentation/networking/ip-sysctl.rst).</summary>
static class Forwarding
{
    const string Devices = "/proc/sys/net/ipv6/conf";

    public static void EnableIpv4() => NetworkSettings.Set("ipv4/ip_forward", "1");

    /// <summary>
    /// A router believes no router advertisement, unless accept_ra is 2: devices that learn the host's own address that way go on doing so.
    /// </summary>
    public static void EnableIpv6()
    {
        if (NetworkSettings.Read("ipv6/conf/all/forwarding") != "0")
            return;
        foreach (var device in Directory.GetDirectories(Devices).Select(Path.GetFileName))
            if (device != "all" && NetworkSettings.Read($"ipv6/conf/{device}/accept_ra") == "1")
                NetworkSettings.Set($"ipv6/conf/{device}/accept_ra", "2");
        NetworkSettings.Set("ipv6/conf/all/forwarding", "1");
    }
}
