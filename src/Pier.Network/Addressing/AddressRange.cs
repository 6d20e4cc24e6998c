using System.Net;

namespace Pier.Network.Addressing;

/// <summary>The addresses of one family in a network.</summary>
/// <param name="Subnet">All of them.</param>
/// <param name="Gateway">The network's way out, or null.</param>
/// <param name="Range">The part that is given to containers that ask for no address of their own; null for all.</param>
/// <param name="Reserved">Addresses that are never given, by the names that the user gave them (--aux-address).</param>
public sealed record AddressRange(
    Subnet Subnet,
    IPAddress? Gateway = null,
    Subnet? Range = null,
    IReadOnlyDictionary<string, IPAddress>? Reserved = null
)
{
    public bool IsIpv6 => Subnet.Network.GetAddressBytes().Length == 16;
}
