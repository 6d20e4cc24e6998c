using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Model;
using Pier.Network.Addressing;

namespace Pier.Network.Bridges;

/// <summary>The bridge device: made or taken over, with its address. Idempotent.</summary>
sealed class BridgeDevice
{
    BridgeDevice(string name, int index, InterfaceAddress address) => (Name, Index, Address) = (name, index, address);

    public string Name { get; }

    /// <summary>Interface index in the daemon's namespace.</summary>
    public int Index { get; }

    /// <summary>The gateway of its containers, with the subnet's prefix.</summary>
    public InterfaceAddress Address { get; }

    /// <summary>Makes sure that the bridge is there, up and has its address; settings are written in the calling thread's namespace.</summary>
    public static BridgeDevice Ensure(NetlinkSocket socket, NetworkOptions options)
    {
        var name = options.BridgeName;
        CheckName(name);
        if (options.BridgeAddress is { } asked) CheckAddress(asked);
        var link = socket.FindLink(name);
        if (link is null)
        {
            try
            {
                socket.Execute(new NetlinkWriter().AddBridge(name, NewMac(), options.Mtu));
            }
            catch (LinuxException e) when (e.Errno == Errno.EEXIST)
            {
                // Another daemon of the same bridge was quicker.
            }

            link = socket.FindLink(name) ?? throw new LinuxException("RTM_GETLINK", Errno.ENODEV, name);
        }

        if (link.Kind != "bridge") throw new InvalidParameterException($"{name} is not a bridge");
        var address = Addressed(socket, link.Index, options.BridgeAddress);
        Harden(name, options.Firewall);
        if (!link.Up) socket.Execute(new NetlinkWriter().SetUp(link.Index));
        return new BridgeDevice(name, link.Index, address);
    }

    /// <summary>
    /// The asked address, put on the device in place of others of its family; or the one that the device has; or the first of a free pool.
    /// </summary>
    static InterfaceAddress Addressed(NetlinkSocket socket, int index, InterfaceAddress? asked)
    {
        var all = socket.ListAddresses();
        var own = all.Where(a => a.Index == index && a.Address.GetAddressBytes().Length == 4).ToList();
        if (asked is null && own.Count > 0) return new InterfaceAddress(own[0].Address, own[0].PrefixLength);

        var address = asked ?? FirstFree(socket, all);
        if (own.Any(a => a.Address.Equals(address.Address) && a.PrefixLength == address.PrefixLength)) return address;
        var batch = new NetlinkWriter();
        foreach (var old in own) batch.DeleteAddress(index, old.Address, old.PrefixLength);
        socket.Execute(batch.AddAddress(index, address.Address, address.PrefixLength, Broadcast(address.Subnet)));
        return address;
    }

    static InterfaceAddress FirstFree(NetlinkSocket socket, List<LinkAddress> addresses)
    {
        var used = socket.ListRoutes().Where(r => r.PrefixLength > 0).Select(r => Subnet.Containing(r.Destination, r.PrefixLength))
            .Concat(addresses.Select(a => Subnet.Containing(a.Address, a.PrefixLength))).ToList();
        var pool = DefaultPools.FirstFree(used)
            ?? throw new UnavailableException("could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network");
        return new InterfaceAddress(pool.At(1), pool.PrefixLength);
    }

    /// <summary>The subnet's last address.</summary>
    public static IPAddress Broadcast(Subnet subnet) => subnet.At((BigInteger.One << subnet.HostBits) - 1);

    /// <summary>
    /// A container must not become the host's router by announcing itself (CVE-2020-13401); the bridge speaks IPv4 only. 127.0.0.1:PORT
    /// reaches published ports by route_localnet: the firewall drops what containers send to or from 127.0.0.0/8.
    /// </summary>
    static void Harden(string name, bool firewall)
    {
        NetworkSettings.Set($"ipv6/conf/{name}/accept_ra", "0");
        NetworkSettings.Set($"ipv6/conf/{name}/disable_ipv6", "1");
        NetworkSettings.Set($"ipv4/conf/{name}/accept_redirects", "0");
        if (firewall) NetworkSettings.Set($"ipv4/conf/{name}/route_localnet", "1");
    }

    /// <summary>Names that the kernel takes for devices and that are safe in paths and in nft.</summary>
    static void CheckName(string name)
    {
        var valid = name.Length is > 0 and <= Links.MaxNameLength && name is not ("." or "..") && char.IsAsciiLetter(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!valid) throw new InvalidParameterException($"invalid bridge name {name}");
    }

    static void CheckAddress(InterfaceAddress address)
    {
        var subnet = address.Subnet;
        if (address.Address.AddressFamily != AddressFamily.InterNetwork || subnet.HostBits < 2
            || address.Address.Equals(subnet.Network) || address.Address.Equals(Broadcast(subnet)))
            throw new InvalidParameterException($"invalid bridge address {address}: it is no host address of an IPv4 subnet");
    }

    static byte[] NewMac() => [0x02, 0x42, .. RandomNumberGenerator.GetBytes(4)];
}
