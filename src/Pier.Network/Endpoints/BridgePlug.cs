using System.Net;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Network.Addressing;
using Pier.Network.Bridges;

namespace Pier.Network.Endpoints;

/// <summary>Connects namespaces to the bridge. Thread-safe; the kernel itself does one change of devices at a time.</summary>
sealed class BridgePlug(NetlinkSocket socket, BridgeDevice bridge, NetworkOptions options)
{
    /// <summary>The container's device and the usual index of the first device after loopback.</summary>
    const string ContainerDevice = "eth0";
    const string HostDevicePrefix = "veth";

    readonly Lock _gate = new();
    readonly NetlinkWriter _batch = new();
    volatile int _peerIndex = Links.Loopback + 1;

    /// <summary>
    /// Makes the veth pair in one message (host's end a port of the bridge and up, the other eth0 in the namespace), then switches eth0 on and
    /// gives it its address and default route (a veth refuses to be up before its pair is whole). Returns the host end's name. A device that is made goes away with the namespace.
    /// </summary>
    /// <param name="target">Where to.</param>
    /// <param name="address">Of the bridge's subnet.</param>
    /// <param name="mac">The device's.</param>
    /// <param name="published">
    /// The container has published ports: it may reach itself through them. With br_netfilter such a frame never leaves the bridge, and
    /// has to go back through the port that it came from.
    /// </param>
    public string Connect(ReadyNamespace target, IPAddress address, MacAddress mac, bool published)
    {
        var name = NewName();
        var index = _peerIndex;
        var failure = AddVeth(target.Handle, name, index, mac, published);
        if (failure is { Errno: Errno.EEXIST or Errno.EBUSY })
        {
            // The name is taken, or a module has put a device of its own (tunl0) into every namespace: choose again.
            _peerIndex = index = target.Inside.ListLinks().Max(l => l.Index) + 1;
            name = NewName();
            failure = AddVeth(target.Handle, name, index, mac, published);
        }

        if (failure is not null) throw failure;
        var subnet = bridge.Address.Subnet;
        target.Inside.Execute(new NetlinkWriter()
            .SetUp(index)
            .AddAddress(index, address, subnet.PrefixLength, BridgeDevice.Broadcast(subnet))
            .AddDefaultRoute(bridge.Address.Address));
        return name;
    }

    /// <summary>Deletes host ends by name (10 to 30 ms each); those that are gone are ignored.</summary>
    public void Remove(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            lock (_gate)
            {
                if (socket.TryExecute(_batch.DeleteLink(name)) is { Errno: not Errno.ENODEV } failure) throw failure;
            }
        }
    }

    /// <summary>Host ends that are ports of the bridge now.</summary>
    public List<string> ListPorts()
    {
        lock (_gate) return [.. socket.ListLinks().Where(l => l.Master == bridge.Index && l.Kind == "veth" && l.Name.StartsWith(HostDevicePrefix, StringComparison.Ordinal)).Select(l => l.Name)];
    }

    LinuxException? AddVeth(SafeFileHandle target, string name, int index, MacAddress mac, bool published)
    {
        lock (_gate)
        {
            _batch.AddVeth(
                new VethEnd(name, Master: bridge.Index),
                new VethEnd(ContainerDevice, index, Up: false, Address: mac.ToBytes(), Namespace: target),
                options.Mtu);
            // --icc=false keeps containers apart on the bridge itself; the firewall sees such frames with br_netfilter only.
            if (published || !options.InterContainer) _batch.SetBridgePort(name, hairpin: published, isolated: !options.InterContainer);
            return socket.TryExecute(_batch);
        }
    }

    static string NewName() => HostDevicePrefix + RandomNumberGenerator.GetHexString(7, lowercase: true);
}
