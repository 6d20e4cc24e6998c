using System.Net;
using Pier.Model;

namespace Pier.Network.Addressing;

/// <summary>The addresses of one network, both families. Thread-safe.</summary>
sealed class NetworkAddresses(NetworkSpec network)
{
    readonly Lock _gate = new();
    readonly AddressPool? _v4 = network.Ipv4 is { } v4 ? new AddressPool(v4, network.Name) : null;
    readonly AddressPool? _v6 = network.Ipv6 is { } v6 ? new AddressPool(v6, network.Name) : null;

    /// <summary>Takes one address of each family that the network has; the asked ones, or the next free.</summary>
    public (InterfaceAddress? V4, InterfaceAddress? V6) Take(IPAddress? asked4, IPAddress? asked6)
    {
        lock (_gate)
        {
            var v4 = Take(_v4, asked4);
            try
            {
                return (v4, Take(_v6, asked6));
            }
            catch
            {
                if (v4 is { } taken)
                    _v4!.Release(taken.Address);
                throw;
            }
        }
    }

    public void Release(InterfaceAddress? v4, InterfaceAddress? v6)
    {
        lock (_gate)
        {
            if (v4 is { } one)
                _v4?.Release(one.Address);
            if (v6 is { } two)
                _v6?.Release(two.Address);
        }
    }

    static InterfaceAddress? Take(AddressPool? pool, IPAddress? asked)
    {
        if (pool is null)
            return asked is null
                ? null
                : throw new InvalidParameterException($"Invalid address {asked}: It does not belong to any of this network's subnets");
        if (asked is null)
            return new InterfaceAddress(pool.Take(), pool.Subnet.PrefixLength);
        pool.Take(asked);
        return new InterfaceAddress(asked, pool.Subnet.PrefixLength);
    }
}
