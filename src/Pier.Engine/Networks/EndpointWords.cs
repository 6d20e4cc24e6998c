using System.Net;
using System.Text.RegularExpressions;
using Pier.Model;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;

namespace Pier.Engine.Networks;

/// <summary>What a container asks of its device in a network: Docker's driver options of endpoints, and link-local addresses.</summary>
static partial class EndpointWords
{
    const string DeviceName = "com.docker.network.endpoint.ifname",
        Sysctls = "com.docker.network.endpoint.sysctls";

    /// <summary>In Docker's words what is wrong with it, or null.</summary>
    public static string? Problem(EndpointSettings? asked)
    {
        foreach (var address in asked?.IPAMConfig?.LinkLocalIPs ?? [])
            if (!IPAddress.TryParse(address, out _))
                return $"invalid link-local IP address: {address}";
        foreach (var (key, value) in asked?.DriverOpts ?? [])
        {
            if (key == DeviceName && !IsDevice(value))
                return $"invalid interface name: {value}";
            if (key == Sysctls && Split(value).FirstOrDefault(s => !Setting().IsMatch(s)) is { } bad)
                return $"unrecognised network interface sysctl '{bad}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', "
                    + "'X' must be 'ipv4', 'ipv6' or 'mpls'";
            if (key is not (DeviceName or Sysctls))
                return $"driver option {key} is not supported by this version of Pier";
        }

        return null;
    }

    /// <summary>The device's name, or null.</summary>
    public static string? Device(EndpointSettings asked) =>
        asked.DriverOpts?.GetValueOrDefault(DeviceName) is { Length: > 0 } name ? name : null;

    public static IReadOnlyList<DeviceSetting> Settings(EndpointSettings asked) =>
        [
            .. Split(asked.DriverOpts?.GetValueOrDefault(Sysctls))
                .Select(s => Setting().Match(s).Groups)
                .Select(g => new DeviceSetting(g[1].Value, g[2].Value, g[3].Value, g[4].Value)),
        ];

    public static IReadOnlyList<InterfaceAddress> LinkLocal(EndpointSettings asked) =>
        [
            .. (asked.IPAMConfig?.LinkLocalIPs ?? [])
                .Select(IPAddress.Parse)
                .Select(a => new InterfaceAddress(a, a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 64 : 16)),
        ];

    static string[] Split(string? settings) => settings?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>As the kernel judges (dev_valid_name).</summary>
    static bool IsDevice(string name) =>
        name.Length < 16 && name is not ("." or "..") && !name.Any(c => c is '/' or ':' || char.IsWhiteSpace(c));

    // docker's client writes the name in lower case.
    [GeneratedRegex(@"^net\.(ipv4|ipv6|mpls)\.([a-z0-9_-]+)\.(?:IFNAME|ifname)\.([a-z0-9_-]+)=(.*)$")]
    private static partial Regex Setting();
}
