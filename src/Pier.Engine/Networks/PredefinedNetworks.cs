using System.Globalization;
using Pier.Network;

namespace Pier.Engine.Networks;

/// <summary>How the default bridge looks as a network among others.</summary>
static class PredefinedNetworks
{
    public static Dictionary<string, string> Options(NetworkSpec bridge) =>
        new()
        {
            ["com.docker.network.bridge.default_bridge"] = "true",
            ["com.docker.network.bridge.enable_icc"] = bridge.InterContainer ? "true" : "false",
            ["com.docker.network.bridge.enable_ip_masquerade"] = bridge.Masquerade ? "true" : "false",
            ["com.docker.network.bridge.host_binding_ipv4"] = bridge.PublishAddress?.ToString() ?? "0.0.0.0",
            ["com.docker.network.bridge.name"] = bridge.Device,
            ["com.docker.network.driver.mtu"] = bridge.Mtu.ToString(CultureInfo.InvariantCulture),
        };

    public static NetworkRange[] Ranges(NetworkSpec bridge) =>
        [.. bridge.Ranges.Select(r => new NetworkRange { Subnet = r.Subnet.ToString(), Gateway = r.Gateway?.ToString() })];
}
