using System.Net;
using System.Net.Sockets;
using Pier.Model;
using Pier.Network.Addressing;

namespace Pier.Engine.Networks;

/// <summary>What a container may ask of its place in a network, with Docker's texts.</summary>
static class EndpointRules
{
    /// <summary>At a container's creation and start; the network is named.</summary>
    public static void Check(NetworkRecord network, EndpointSettings? asked) =>
        Check(network, asked, $"invalid config for network {network.Name}: ");

    /// <summary>At a connection, whose network is known.</summary>
    public static void CheckConnection(NetworkRecord network, EndpointSettings? asked) => Check(network, asked, "");

    static void Check(NetworkRecord network, EndpointSettings? asked, string where)
    {
        if (asked is null)
            return;
        if (Problems(network, asked).ToArray() is { Length: > 0 } problems)
            throw new InvalidParameterException(
                $"{where}invalid endpoint settings:\n{(problems.Length == 1 ? problems[0] : "* " + string.Join("\n* ", problems))}"
            );
        if (asked.MacAddress.Length > 0 && !MacAddress.TryParse(asked.MacAddress, out _))
            throw new InvalidParameterException($"{where}invalid MAC address {asked.MacAddress}");
    }

    static IEnumerable<string> Problems(NetworkRecord network, EndpointSettings asked)
    {
        var ipam = asked.IPAMConfig ?? new EndpointIpamConfig();
        if (network.IsPredefined && ipam.IPv4Address.Length + ipam.IPv6Address.Length > 0)
            yield return "user specified IP address is supported on user defined networks only";
        if (network.IsPredefined && asked.Aliases is { Length: > 0 })
            yield return "network-scoped alias is supported only for containers in user defined networks";
        if (ipam.IPv4Address.Length > 0 && !Is(ipam.IPv4Address, AddressFamily.InterNetwork))
            yield return $"invalid IPv4 address: {ipam.IPv4Address}";
        if (ipam.IPv6Address.Length > 0 && !Is(ipam.IPv6Address, AddressFamily.InterNetworkV6))
            yield return $"invalid IPv6 address: {ipam.IPv6Address}";
        if (EndpointWords.Problem(asked) is { } device)
            yield return device;
        foreach (
            var problem in RangeProblems(network, ipam.IPv4Address, six: false).Concat(RangeProblems(network, ipam.IPv6Address, six: true))
        )
            yield return problem;
    }

    static IEnumerable<string> RangeProblems(NetworkRecord network, string address, bool six)
    {
        if (address.Length == 0)
            yield break;
        var subnets = network.Ranges.Where(r => r.Subnet.Contains(':') == six && r.Subnet.Length > 0).ToArray();
        if (subnets.Length == 0 || !(network.HasUserSubnet || network.IsPredefined))
            yield return "user specified IP address is supported only when connecting to networks with user configured subnets";
        else if (
            !IPAddress.TryParse(address, out var parsed)
            || !subnets.Any(s => InterfaceAddress.TryParse(s.Subnet, out var block) && block.Subnet.Contains(parsed))
        )
            yield return $"no configured subnet or ip-range contain the IP address {address}";
    }

    static bool Is(string text, AddressFamily family) => IPAddress.TryParse(text, out var address) && address.AddressFamily == family;
}
