using System.Net;
using System.Net.Sockets;

namespace Pier.Network.Addressing;

/// <summary>An address of an interface with its prefix length: "172.17.0.1/16" (man 8 ip-address).</summary>
public readonly record struct InterfaceAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>The subnet that the address lies in.</summary>
    public Subnet Subnet => Subnet.Containing(Address, PrefixLength);

    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Parses "address/prefix"; false for anything else, and for a prefix longer than the address.</summary>
    public static bool TryParse(string? text, out InterfaceAddress result)
    {
        result = default;
        if (text is null || text.Split('/') is not [var address, var prefix])
            return false;
        if (!IPAddress.TryParse(address, out var ip) || !byte.TryParse(prefix, out var length))
            return false;
        if (length > ip.GetAddressBytes().Length * 8)
            return false;
        result = new InterfaceAddress(ip, length);
        return true;
    }

    public override string ToString() => $"{Address}/{PrefixLength}";
}
