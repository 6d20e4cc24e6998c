using System.Net;
using System.Numerics;
using System.Security.Cryptography;

namespace Pier.Network.Addressing;

/// <summary>
/// A range that networks without a subnet of their own are cut from: <paramref name="Base"/> in pieces of a prefix length.
/// </summary>
public sealed record SubnetPool(Subnet Base, int Size)
{
    /// <summary>The pieces, in order.</summary>
    public IEnumerable<Subnet> Pieces()
    {
        var count = BigInteger.One << Math.Min(Size - Base.PrefixLength, 16);
        var step = BigInteger.One << (Base.HostBits - (Size - Base.PrefixLength));
        for (BigInteger i = 0; i < count; i++)
            yield return Subnet.Containing(Base.At(i * step), Size);
    }
}

/// <summary>Where networks without a subnet of their own get one (dockerd --default-address-pool).</summary>
public static class DefaultPools
{
    /// <summary>Docker's: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 in steps of /20.</summary>
    public static IReadOnlyList<SubnetPool> Docker { get; } =
    [
        .. Enumerable.Range(17, 15).Select(i => new SubnetPool(Subnet.Containing(new IPAddress([172, (byte)i, 0, 0]), 16), 16)),
        new SubnetPool(Subnet.Containing(new IPAddress([192, 168, 0, 0]), 16), 20),
    ];

    /// <summary>The first piece of a family that shares no address with what is used, or null.</summary>
    public static Subnet? FirstFree(IEnumerable<SubnetPool> pools, bool ipv6, IReadOnlyCollection<Subnet> used)
    {
        foreach (var pool in pools)
        {
            if ((pool.Base.Network.GetAddressBytes().Length == 16) != ipv6)
                continue;
            foreach (var piece in pool.Pieces())
                if (!used.Any(piece.Overlaps))
                    return piece;
        }

        return null;
    }

    /// <summary>
    /// A pool of /64 networks under a unique local prefix that belongs to a daemon (RFC 4193: fd00::/8 and 40 bits of its own).
    /// </summary>
    public static SubnetPool UniqueLocal(string seed)
    {
        var bytes = new byte[16];
        bytes[0] = 0xfd;
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(seed)).AsSpan(0, 5).CopyTo(bytes.AsSpan(1));
        return new SubnetPool(Subnet.Containing(new IPAddress(bytes), 48), 64);
    }
}
