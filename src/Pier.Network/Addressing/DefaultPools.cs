using System.Net;

namespace Pier.Network.Addressing;

/// <summary>Docker's default address pools for local networks: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 in steps of /20.</summary>
public static class DefaultPools
{
    /// <summary>The pools in the order that they are tried.</summary>
    public static IEnumerable<Subnet> All()
    {
        for (byte i = 17; i <= 31; i++) yield return Subnet.Containing(new IPAddress([172, i, 0, 0]), 16);
        for (var i = 0; i < 256; i += 16) yield return Subnet.Containing(new IPAddress([192, 168, (byte)i, 0]), 20);
    }

    /// <summary>The first pool that shares no address with what the host uses, or null.</summary>
    public static Subnet? FirstFree(IReadOnlyCollection<Subnet> used)
    {
        foreach (var pool in All())
            if (!used.Any(pool.Overlaps)) return pool;
        return null;
    }
}
