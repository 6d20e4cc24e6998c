using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Model;
using Pier.Network.Addressing;

namespace Pier.Network.Bridges;

/// <summary>The bridge device of a network: made or taken over, with its addresses. Idempotent.</summary>
static class BridgeDevice
{
    /// <summary>
    /// Makes sure that the bridge is there, up and has its addresses; settings are written in the calling thread's namespace. Returns its
    /// interface index.
    /// </summary>
    /// <param name="socket">The daemon's.</param>
    /// <param name="network">Whose bridge.</param>
    /// <param name="owner">The note that a new device carries, by which its daemon knows it.</param>
    /// <param name="firewall">There are rules that make route_localnet safe.</param>
    public static int Ensure(NetlinkSocket socket, NetworkSpec network, string owner, bool firewall)
    {
        var name = network.Device;
        CheckName(name);
        var link = socket.FindLink(name);
        var made = link is null;
        if (link is null)
        {
            try
            {
                socket.Execute(new NetlinkWriter().AddBridge(name, NewMac(), network.Mtu, owner));
            }
            catch (LinuxException e) when (e.Errno == Errno.EEXIST)
            {
                // Another daemon of the same bridge was quicker.
            }

            link = socket.FindLink(name) ?? throw new LinuxException("RTM_GETLINK", Errno.ENODEV, name);
        }

        CheckKind(link);
        Harden(name, firewall, ipv6: network.Ipv6 is not null);
        Address(socket, link.Index, network, made);
        if (!link.Up)
            socket.Execute(new NetlinkWriter().SetUp(link.Index));
        return link.Index;
    }

    /// <summary>The IPv4 address that a device has already, or null.</summary>
    public static InterfaceAddress? AddressOf(NetlinkSocket socket, string name)
    {
        if (socket.FindLink(name) is not { } link)
            return null;
        foreach (var address in socket.ListAddresses(link.Index))
            if (address.Address.GetAddressBytes().Length == 4)
                return new InterfaceAddress(address.Address, address.PrefixLength);
        return null;
    }

    /// <summary>The subnet's last address.</summary>
    public static IPAddress Broadcast(Subnet subnet) => subnet.At((BigInteger.One << subnet.HostBits) - 1);

    /// <summary>Puts the gateways on the device, in place of other addresses of their families.</summary>
    static void Address(NetlinkSocket socket, int index, NetworkSpec network, bool made)
    {
        var own = made ? [] : socket.ListAddresses(index).Where(a => !a.Address.IsIPv6LinkLocal).ToList();
        var batch = new NetlinkWriter();
        foreach (var range in network.Ranges)
        {
            if (range.Gateway is not { } gateway)
                continue;
            var wanted = new LinkAddress(index, gateway, range.Subnet.PrefixLength);
            if (own.Contains(wanted))
                continue;
            foreach (var old in own.Where(a => a.Address.AddressFamily == gateway.AddressFamily))
                batch.DeleteAddress(index, old.Address, old.PrefixLength);
            batch.AddAddress(index, gateway, range.Subnet.PrefixLength, range.IsIpv6 ? null : Broadcast(range.Subnet));
        }

        if (batch.Count > 0)
            socket.Execute(batch);
    }

    /// <summary>
    /// A container must not become the host's router by announcing itself (CVE-2020-13401). 127.0.0.1:PORT reaches published ports by
    /// route_localnet: the firewall drops what containers send to or from 127.0.0.0/8.
    /// </summary>
    static void Harden(string name, bool firewall, bool ipv6)
    {
        NetworkSettings.Set($"ipv6/conf/{name}/accept_ra", "0");
        NetworkSettings.Set($"ipv6/conf/{name}/accept_redirects", "0");
        NetworkSettings.Set($"ipv6/conf/{name}/disable_ipv6", ipv6 ? "0" : "1");
        NetworkSettings.Set($"ipv4/conf/{name}/accept_redirects", "0");
        if (firewall)
            NetworkSettings.Set($"ipv4/conf/{name}/route_localnet", "1");
    }

    /// <summary>The name is a valid one, and of a bridge or of nothing.</summary>
    public static void CheckFree(NetlinkSocket socket, string name)
    {
        CheckName(name);
        if (socket.FindLink(name) is { } link)
            CheckKind(link);
    }

    /// <summary>Names that the kernel takes for devices and that are safe in paths and in nft.</summary>
    public static void CheckName(string name)
    {
        var valid =
            name.Length is > 0 and <= Links.MaxNameLength
            && name is not ("." or "..")
            && char.IsAsciiLetter(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!valid)
            throw new InvalidParameterException($"invalid bridge name {name}");
    }

    static void CheckKind(Link link)
    {
        if (link.Kind != "bridge")
            throw new InvalidParameterException($"{link.Name} is not a bridge");
    }

    static byte[] NewMac() => [0x02, 0x42, .. RandomNumberGenerator.GetBytes(4)];
}
