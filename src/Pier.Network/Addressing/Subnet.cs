using System.Net;
using System.Numerics;

namespace Pier.Network.Addressing;

/// <summary>A range of addresses with a common prefix, IPv4 or IPv6. The base address has no bits set after the prefix.</summary>
public readonly record struct Subnet
{
    Subnet(IPAddress network, int prefixLength) => (Network, PrefixLength) = (network, prefixLength);

    /// <summary>The first address: all host bits zero.</summary>
    public IPAddress Network { get; }

    public int PrefixLength { get; }

    /// <summary>Number of bits after the prefix.</summary>
    public int HostBits => Width(Network) - PrefixLength;

    /// <summary>The subnet of a given prefix length that an address lies in.</summary>
    public static Subnet Containing(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var keep = Math.Clamp(prefixLength - i * 8, 0, 8);
            bytes[i] &= (byte)(0xff00 >> keep);
        }

        return new Subnet(new IPAddress(bytes), prefixLength);
    }

    /// <summary>Parses "172.17.0.0/16"; throws <see cref="FormatException"/> for anything else.</summary>
    public static Subnet Parse(string text) =>
        InterfaceAddress.TryParse(text, out var parsed) ? parsed.Subnet : throw new FormatException($"invalid CIDR address: {text}");

    public bool Contains(IPAddress address) =>
        address.AddressFamily == Network.AddressFamily && Containing(address, PrefixLength).Network.Equals(Network);

    /// <summary>True when the two share an address.</summary>
    public bool Overlaps(Subnet other) => PrefixLength <= other.PrefixLength ? Contains(other.Network) : other.Contains(Network);

    /// <summary>The address at a distance from <see cref="Network"/>.</summary>
    public IPAddress At(BigInteger offset)
    {
        var bytes = Network.GetAddressBytes();
        var sum = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) + offset;
        var result = new byte[bytes.Length];
        var digits = sum.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(result, result.Length - digits.Length);
        return new IPAddress(result);
    }

    /// <summary>The distance of an address of the subnet from <see cref="Network"/>.</summary>
    public BigInteger OffsetOf(IPAddress address) =>
        new BigInteger(address.GetAddressBytes(), true, true) - new BigInteger(Network.GetAddressBytes(), true, true);

    public override string ToString() => $"{Network}/{PrefixLength}";

    static int Width(IPAddress address) => address.GetAddressBytes().Length * 8;
}
