using System.Security.Cryptography;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;

namespace Pier.Network.Bridges;

/// <summary>
/// A network on a bridge device: connects namespaces by veth pairs. Thread-safe; the kernel itself does one change of devices at a time.
/// </summary>
sealed class BridgeNetwork : IHostNetwork
{
    readonly RouteSocket _route;

    /// <summary>Makes or takes over the device, in the calling thread's namespace.</summary>
    public BridgeNetwork(RouteSocket route, NetworkSpec spec, string owner, bool firewall)
    {
        (_route, Spec, Addresses) = (route, spec, new NetworkAddresses(spec));
        Bridge = route.Use(socket => BridgeDevice.Ensure(socket, spec, owner, firewall));
    }

    public NetworkSpec Spec { get; }

    public NetworkAddresses Addresses { get; }

    public int Bridge { get; }

    /// <summary>
    /// Makes the veth pair in one message: host's end a port of the bridge and up, the other in the namespace (a veth refuses to be up
    /// before its pair is whole).
    /// </summary>
    /// <param name="door">Where to.</param>
    /// <param name="name">The device's in the container.</param>
    /// <param name="mac">The device's.</param>
    /// <param name="published">
    /// The container has published ports: it may reach itself through them. With br_netfilter such a frame never leaves the bridge, and
    /// has to go back through the port that it came from.
    /// </param>
    public PluggedDevice Plug(NamespaceDoor door, string name, MacAddress? mac, bool published)
    {
        var hostEnd = NewName();
        var failure = AddVeth(door, hostEnd, name, mac, published);
        if (failure is { Errno: Errno.EEXIST })
        {
            // The host's end has the name of another one.
            hostEnd = NewName();
            failure = AddVeth(door, hostEnd, name, mac, published);
        }

        return failure is null ? door.Find(name, hostEnd) : throw failure;
    }

    /// <summary>A bridge that was there before the network stays.</summary>
    public void Delete() =>
        _route.DeleteLinks([
            .. _route.ListHostEnds([Bridge]),
            .. Spec.OwnsDevice || Spec.IsDefault ? [Spec.Device] : Array.Empty<string>(),
        ]);

    LinuxException? AddVeth(NamespaceDoor door, string hostEnd, string name, MacAddress? mac, bool published) =>
        _route.Use(socket =>
        {
            var batch = new NetlinkWriter();
            batch.AddVeth(
                new VethEnd(hostEnd, Master: Bridge),
                new VethEnd(name, Up: false, Address: mac?.ToBytes(), Namespace: door.Handle),
                Spec.Mtu
            );
            // Containers that are kept apart are so on the bridge itself; the firewall sees such frames with br_netfilter only.
            if (published || !Spec.InterContainer)
                batch.SetBridgePort(hostEnd, hairpin: published, isolated: !Spec.InterContainer);
            return socket.TryExecute(batch);
        });

    static string NewName() => RouteSocket.HostEndPrefix + RandomNumberGenerator.GetHexString(7, lowercase: true);
}
