using System.Net;
using Pier.Model;

namespace Pier.Network.Addressing;

/// <summary>
/// Addresses of one subnet, as a bitmap. Gives the lowest free one after the one given last, so that an address comes back as late as
/// possible (neighbours' caches and dying devices may still know its last owner). Not thread-safe.
/// </summary>
public sealed class AddressPool
{
    /// <summary>Larger subnets (IPv6) are allocated from their first 2^24 addresses.</summary>
    const int WindowBits = 24;

    readonly string _network;
    readonly BitSet _taken;
    uint _last;

    /// <summary>A pool whose network address, broadcast address (IPv4) and gateway are reserved.</summary>
    /// <param name="subnet">The subnet; a /31 or /32 has no address to give.</param>
    /// <param name="gateway">The bridge's own address.</param>
    /// <param name="network">Network's name, for error texts.</param>
    public AddressPool(Subnet subnet, IPAddress gateway, string network)
    {
        (Subnet, _network) = (subnet, network);
        Size = 1u << Math.Min(subnet.HostBits, WindowBits);
        _taken = new BitSet(Size);
        _taken.Set(0);
        if (subnet.Network.GetAddressBytes().Length == 4 && subnet.HostBits <= WindowBits) _taken.Set(Size - 1);
        if (Index(gateway) is { } index) _taken.Set(index);
    }

    public Subnet Subnet { get; }

    /// <summary>Number of addresses, reserved ones included.</summary>
    public uint Size { get; }

    /// <summary>The next free address; <see cref="UnavailableException"/> when there is none.</summary>
    public IPAddress Take()
    {
        var index = _taken.NextClear(_last + 1) ?? _taken.NextClear(0)
            ?? throw new UnavailableException($"no available IPv4 addresses on this network's address pools: {_network}");
        _taken.Set(index);
        _last = index;
        return Subnet.At(index);
    }

    /// <summary>Takes an address that was asked for.</summary>
    /// <exception cref="InvalidParameterException">It is not one of the subnet's.</exception>
    /// <exception cref="ConflictException">It is taken or reserved.</exception>
    public void Take(IPAddress address)
    {
        if (Index(address) is not { } index)
            throw new InvalidParameterException($"Invalid address {address}: It does not belong to any of this network's subnets");
        if (_taken.Get(index)) throw new ConflictException("Address already in use");
        _taken.Set(index);
    }

    /// <summary>Gives an address back; one of another subnet is ignored.</summary>
    public void Release(IPAddress address)
    {
        if (Index(address) is { } index) _taken.Clear(index);
    }

    uint? Index(IPAddress address)
    {
        if (!Subnet.Contains(address)) return null;
        var offset = Subnet.OffsetOf(address);
        return offset < Size ? (uint)offset : null;
    }
}
