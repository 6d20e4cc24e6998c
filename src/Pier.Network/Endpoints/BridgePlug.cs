using System.Net;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Network.Addressing;
using Pier.Network.Bridges;

namespace Pier.Network.Endpoints;

/// <summary>Connects namespaces to the bridge. Not thread-safe.</summary>
sealed class BridgePlug(NetlinkSocket socket, BridgeDevice bridge, int mtu)
{
    /// <summary>The container's device and the usual index of the first device after loopback.</summary>
    const string ContainerDevice = "eth0";
    const string HostDevicePrefix = "veth";

    readonly NetlinkWriter _batch = new();
    int _peerIndex = Links.Loopback + 1;

    /// <summary>
    /// Makes the veth pair in one message (host's end a port of the bridge and up, the other eth0 in the namespace), then switches eth0 on and
    /// gives it its address and default route (a veth refuses to be up before its pair is whole). Returns the host end's name. A device that is made goes away with the namespace.
    /// </summary>
    public string Connect(ReadyNamespace target, IPAddress address, MacAddress mac)
    {
        var name = NewName();
        var failure = AddVeth(target.Handle, name, mac);
        if (failure is { Errno: Errno.EEXIST or Errno.EBUSY })
        {
            // The name is taken, or a module has put a device of its own (tunl0) into every namespace: choose again.
            _peerIndex = target.Inside.ListLinks().Max(l => l.Index) + 1;
            name = NewName();
            failure = AddVeth(target.Handle, name, mac);
        }

        if (failure is not null) throw failure;
        var subnet = bridge.Address.Subnet;
        target.Inside.Execute(_batch
            .SetUp(_peerIndex)
            .AddAddress(_peerIndex, address, subnet.PrefixLength, BridgeDevice.Broadcast(subnet))
            .AddDefaultRoute(bridge.Address.Address));
        return name;
    }

    /// <summary>Deletes host ends by name (10 to 30 ms each); those that are gone are ignored.</summary>
    public void Remove(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (socket.TryExecute(_batch.DeleteLink(name)) is { Errno: not Errno.ENODEV } failure) throw failure;
        }
    }

    /// <summary>Host ends that are ports of the bridge now.</summary>
    public List<string> ListPorts() =>
        [.. socket.ListLinks().Where(l => l.Master == bridge.Index && l.Kind == "veth" && l.Name.StartsWith(HostDevicePrefix, StringComparison.Ordinal)).Select(l => l.Name)];

    LinuxException? AddVeth(SafeFileHandle target, string name, MacAddress mac) => socket.TryExecute(_batch.AddVeth(
        new VethEnd(name, Master: bridge.Index),
        new VethEnd(ContainerDevice, _peerIndex, Up: false, Address: mac.ToBytes(), Namespace: target),
        mtu));

    static string NewName() => HostDevicePrefix + RandomNumberGenerator.GetHexString(7, lowercase: true);
}
