using System.Net;
using System.Numerics;
using Pier.Model;

namespace Pier.Network.Addressing;

/// <summary>
/// Addresses of one subnet, as a bitmap. Gives the lowest free one after the one given last, so that an address comes back as late as
/// possible (neighbours' caches and dying devices may still know its last owner). Not thread-safe.
/// </summary>
public sealed class AddressPool
{
    /// <summary>Larger ranges (IPv6) are allocated from their first 2^24 addresses.</summary>
    const int WindowBits = 24;

    readonly string _network;
    readonly Subnet _window;
    readonly BitSet _taken;

    /// <summary>Taken addresses that lie outside of the window.</summary>
    readonly HashSet<IPAddress> _others = [];
    uint _last;

    /// <summary>A pool whose network address, broadcast address (IPv4), gateway and reserved addresses are taken.</summary>
    /// <param name="range">The addresses; a /31 or /32 has none to give.</param>
    /// <param name="network">Network's name, for error texts.</param>
    public AddressPool(AddressRange range, string network)
    {
        (Subnet, _network, _window) = (range.Subnet, network, range.Range ?? range.Subnet);
        Size = 1u << Math.Min(_window.HostBits, WindowBits);
        _taken = new BitSet(Size);
        Reserve(Subnet.Network);
        if (!range.IsIpv6)
            Reserve(Subnet.At((BigInteger.One << Subnet.HostBits) - 1));
        if (range.Gateway is { } gateway)
            Reserve(gateway);
        foreach (var address in range.Reserved?.Values ?? [])
            Reserve(address);
    }

    public AddressPool(Subnet subnet, IPAddress gateway, string network)
        : this(new AddressRange(subnet, gateway), network) { }

    public Subnet Subnet { get; }

    /// <summary>Number of addresses to choose from, reserved ones included.</summary>
    public uint Size { get; }

    /// <summary>The next free address; <see cref="UnavailableException"/> when there is none.</summary>
    public IPAddress Take()
    {
        var index =
            _taken.NextClear(_last + 1)
            ?? _taken.NextClear(0)
            ?? throw new UnavailableException(
                $"no available IPv{(Subnet.Network.GetAddressBytes().Length == 4 ? 4 : 6)} addresses on this network's address pools: {_network}"
            );
        _taken.Set(index);
        _last = index;
        return _window.At(index);
    }

    /// <summary>Takes an address that was asked for.</summary>
    /// <exception cref="InvalidParameterException">It is not one of the subnet's.</exception>
    /// <exception cref="ConflictException">It is taken or reserved.</exception>
    public void Take(IPAddress address)
    {
        if (!Subnet.Contains(address))
            throw new InvalidParameterException($"Invalid address {address}: It does not belong to any of this network's subnets");
        if (Index(address) is { } index ? _taken.Get(index) : _others.Contains(address))
            throw new ConflictException("Address already in use");
        Reserve(address);
    }

    /// <summary>Gives an address back; one of another subnet is ignored.</summary>
    public void Release(IPAddress address)
    {
        if (Index(address) is { } index)
            _taken.Clear(index);
        else
            _others.Remove(address);
    }

    void Reserve(IPAddress address)
    {
        if (Index(address) is { } index)
            _taken.Set(index);
        else if (Subnet.Contains(address))
            _others.Add(address);
    }

    uint? Index(IPAddress address)
    {
        if (!_window.Contains(address))
            return null;
        var offset = _window.OffsetOf(address);
        return offset < Size ? (uint)offset : null;
    }
}
