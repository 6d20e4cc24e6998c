using System.Globalization;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Model;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;

namespace Pier.Network.Stacked;

/// <summary>
/// A macvlan or ipvlan network: every container has a device on top of a device of the host and is a neighbour in that one's network. The
/// kernel keeps it from the host itself; there is no firewall and no published port.
/// </summary>
sealed class StackedNetwork : IHostNetwork
{
    /// <summary>Modes by their numbers (linux/if_link.h: enum macvlan_mode, enum ipvlan_mode).</summary>
    static readonly Dictionary<string, ushort> MacvlanModes = new()
    {
        ["private"] = 1,
        ["vepa"] = 2,
        [""] = 4,
        ["bridge"] = 4,
        ["passthru"] = 8,
    };
    static readonly Dictionary<string, ushort> IpvlanModes = new()
    {
        [""] = 0,
        ["l2"] = 0,
        ["l3"] = 1,
        ["l3s"] = 2,
    };

    readonly RouteSocket _route;
    readonly ushort _mode;

    /// <summary>Finds the parent; makes it when it is a VLAN of an existing device, or when none was named.</summary>
    public StackedNetwork(RouteSocket route, NetworkSpec spec, string owner)
    {
        (_route, Addresses) = (route, new NetworkAddresses(spec));
        var kind = Kind(spec);
        var modes = spec.Driver == NetworkDriver.Macvlan ? MacvlanModes : IpvlanModes;
        if (!modes.TryGetValue(spec.ParentMode, out _mode))
            throw new InvalidParameterException($"requested {kind} mode '{spec.ParentMode}' is not valid");
        CheckKernel(route, kind);
        Spec = route.Use(socket => EnsureParent(socket, spec, owner));
    }

    public NetworkSpec Spec { get; }

    public NetworkAddresses Addresses { get; }

    public PluggedDevice Plug(NamespaceDoor door, string name, MacAddress? mac, bool published)
    {
        _route.Use(socket =>
        {
            var parent = socket.FindLink(Spec.Parent) ?? throw new LinuxException("RTM_GETLINK", Errno.ENODEV, Spec.Parent);
            var device = new VethEnd(
                name,
                Up: false,
                Address: Spec.Driver == NetworkDriver.Macvlan ? mac?.ToBytes() : null,
                Namespace: door.Handle
            );
            socket.Execute(new NetlinkWriter().AddStacked(Kind(Spec), parent.Index, _mode, device, Spec.Mtu));
            return true;
        });
        return door.Find(name, hostEnd: null);
    }

    public int Bridge => 0;

    /// <summary>Removes the parent when it was made for this network.</summary>
    public void Delete()
    {
        if (Spec.OwnsDevice)
            _route.DeleteLinks([Spec.Parent]);
    }

    static string Kind(NetworkSpec spec) => spec.Driver == NetworkDriver.Macvlan ? "macvlan" : "ipvlan";

    /// <summary>A device without a parent is invalid for a kernel that knows the kind, and not supported for one that does not.</summary>
    static void CheckKernel(RouteSocket route, string kind)
    {
        var failure = route.Use(socket =>
            socket.TryExecute(new NetlinkWriter().AddStacked(kind, 0, 0, new VethEnd("pier-probe", Up: false), 1500))
        );
        if (failure is { Errno: Errno.EOPNOTSUPP })
            throw new UnsupportedException($"the {kind} driver needs a kernel with {kind} devices: this host's has none (module {kind})");
    }

    static NetworkSpec EnsureParent(NetlinkSocket socket, NetworkSpec spec, string owner)
    {
        if (spec.Parent.Length == 0)
        {
            // Docker's name for it: containers of the network reach each other and nobody else.
            var name = "dm-" + spec.Id[..12];
            if (socket.FindLink(name) is null)
                AddIsolatedParent(socket, name, owner);
            return spec with { Parent = name, OwnsDevice = true };
        }

        if (spec.Parent == "lo")
            throw new InvalidParameterException("loopback interface is not a valid macvlan parent link");
        if (socket.FindLink(spec.Parent) is not null)
            return spec;
        var dot = spec.Parent.LastIndexOf('.');
        var valid =
            dot > 0
            && ushort.TryParse(spec.Parent[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var vlan)
            && vlan is > 0 and < 4095;
        if (!valid || socket.FindLink(spec.Parent[..dot]) is not { } under)
            throw new InvalidParameterException(
                $"-o parent={spec.Parent}: no such device on this host, and not the VLAN of one (device.id)"
            );
        socket.Execute(
            new NetlinkWriter().AddVlan(spec.Parent, under.Index, ushort.Parse(spec.Parent[(dot + 1)..], CultureInfo.InvariantCulture))
        );
        return spec with { OwnsDevice = true };
    }

    /// <summary>A dummy device, or a veth pair with both ends on the host where the kernel has no dummies.</summary>
    static void AddIsolatedParent(NetlinkSocket socket, string name, string owner)
    {
        if (socket.TryExecute(new NetlinkWriter().AddPlain("dummy", name)) is not { } failure)
            return;
        if (failure.Errno != Errno.EOPNOTSUPP)
            throw failure;
        var peer = "dp-" + name["dm-".Length..];
        socket.Execute(new NetlinkWriter().AddVeth(new VethEnd(name), new VethEnd(peer, Up: false), 1500).SetAlias(name, owner));
        foreach (var end in (string[])[name, peer])
            NetworkSettings.Set($"ipv6/conf/{end}/disable_ipv6", "1");
        socket.Execute(new NetlinkWriter().SetUp(socket.FindLink(peer)!.Index));
    }
}
