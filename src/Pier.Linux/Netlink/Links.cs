using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static Pier.Linux.Netlink.RouteConstants;

namespace Pier.Linux.Netlink;

/// <summary>A network device as RTM_GETLINK tells of it.</summary>
/// <param name="Index">Interface index, unique in its namespace.</param>
/// <param name="Name">Interface name.</param>
/// <param name="Kind">"bridge", "veth", ...; null for a physical device.</param>
/// <param name="Master">Index of the bridge that it is a port of, 0 for none.</param>
/// <param name="Peer">Index of a veth's other end, in that end's namespace (IFLA_LINK); 0 for none.</param>
/// <param name="Address">Hardware address.</param>
/// <param name="Up">IFF_UP.</param>
/// <param name="Alias">A note for people and programs, or null.</param>
public sealed record Link(int Index, string Name, string? Kind, int Master, int Peer, byte[] Address, bool Up, string? Alias = null);

/// <summary>
/// One end of a veth pair to be made. Index 0 lets the kernel choose. The peer cannot be made up (ENOTCONN): the kernel configures it
/// before the pair is whole.
/// </summary>
public sealed record VethEnd(
    string Name,
    int Index = 0,
    int Master = 0,
    bool Up = true,
    byte[]? Address = null,
    SafeFileHandle? Namespace = null
);

/// <summary>Messages about network devices (man 7 rtnetlink, RTM_*LINK).</summary>
public static class Links
{
    /// <summary>IFNAMSIZ without its NUL.</summary>
    public const int MaxNameLength = 15;

    /// <summary>Index of the loopback device in every namespace.</summary>
    public const int Loopback = 1;

    const NetlinkFlags Create = NetlinkFlags.Create | NetlinkFlags.Exclusive;

    /// <summary>Makes a bridge, up; EEXIST when a device of the name exists.</summary>
    public static NetlinkWriter AddBridge(this NetlinkWriter batch, string name, byte[] address, int mtu, string alias) =>
        batch
            .Begin(RTM_NEWLINK, Create, "RTM_NEWLINK", name)
            .Header(0, up: true)
            .Text(IFLA_IFNAME, name)
            .Attribute(IFLA_ADDRESS, address)
            .Number(IFLA_MTU, (uint)mtu)
            .Open(IFLA_LINKINFO)
            .Text(IFLA_INFO_KIND, "bridge")
            .Close()
            .End()
            .SetAlias(name, alias);

    /// <summary>Puts a note on a device that is there.</summary>
    public static NetlinkWriter SetAlias(this NetlinkWriter batch, string name, string alias) =>
        batch
            .Begin(RTM_NEWLINK, NetlinkFlags.None, "RTM_NEWLINK", name)
            .Header(0, up: null)
            .Text(IFLA_IFNAME, name)
            .Attribute(IFLA_IFALIAS, Encoding.ASCII.GetBytes(alias))
            .End();

    /// <summary>
    /// Makes a veth pair with both ends where they belong and in their final state, in one message: ports, names, addresses, namespaces.
    /// </summary>
    public static NetlinkWriter AddVeth(this NetlinkWriter batch, VethEnd host, VethEnd peer, int mtu) =>
        batch
            .Begin(RTM_NEWLINK, Create, "RTM_NEWLINK", host.Name)
            .End(host, mtu)
            .Open(IFLA_LINKINFO)
            .Text(IFLA_INFO_KIND, "veth")
            .Open(IFLA_INFO_DATA)
            .Open(VETH_INFO_PEER)
            .End(peer, mtu)
            .Close()
            .Close()
            .Close()
            .End();

    /// <summary>
    /// Makes a device on top of another and puts it into a namespace, down: "macvlan" or "ipvlan" with the mode's number (linux/if_link.h).
    /// EOPNOTSUPP when the kernel lacks the kind.
    /// </summary>
    public static NetlinkWriter AddStacked(this NetlinkWriter batch, string kind, int parent, ushort mode, VethEnd device, int mtu)
    {
        batch
            .Begin(RTM_NEWLINK, Create, "RTM_NEWLINK", $"{kind} {device.Name}")
            .End(device, mtu)
            .Number(IFLA_LINK, (uint)parent)
            .Open(IFLA_LINKINFO)
            .Text(IFLA_INFO_KIND, kind)
            .Open(IFLA_INFO_DATA);
        if (kind == "macvlan")
            batch.Number(IFLA_MACVLAN_MODE, mode);
        else
            batch.Attribute(IFLA_IPVLAN_MODE, BitConverter.GetBytes(mode));
        return batch.Close().Close().End();
    }

    /// <summary>Makes a device of a kind that needs no parent ("dummy"), up.</summary>
    public static NetlinkWriter AddPlain(this NetlinkWriter batch, string kind, string name) =>
        batch
            .Begin(RTM_NEWLINK, Create, "RTM_NEWLINK", name)
            .Header(0, up: true)
            .Text(IFLA_IFNAME, name)
            .Open(IFLA_LINKINFO)
            .Text(IFLA_INFO_KIND, kind)
            .Close()
            .End();

    /// <summary>Makes an 802.1Q device on top of another, up.</summary>
    public static NetlinkWriter AddVlan(this NetlinkWriter batch, string name, int parent, ushort id) =>
        batch
            .Begin(RTM_NEWLINK, Create, "RTM_NEWLINK", name)
            .Header(0, up: true)
            .Text(IFLA_IFNAME, name)
            .Number(IFLA_LINK, (uint)parent)
            .Open(IFLA_LINKINFO)
            .Text(IFLA_INFO_KIND, "vlan")
            .Open(IFLA_INFO_DATA)
            .Attribute(IFLA_VLAN_ID, BitConverter.GetBytes(id))
            .Close()
            .Close()
            .End();

    /// <summary>Switches a device on.</summary>
    public static NetlinkWriter SetUp(this NetlinkWriter batch, int index) =>
        batch.Begin(RTM_NEWLINK, NetlinkFlags.None, "RTM_NEWLINK", $"interface {index}").Header(index, up: true).End();

    /// <summary>Sets a bridge port: frames may leave where they came in (hairpin); frames never go to another isolated port.</summary>
    public static NetlinkWriter SetBridgePort(this NetlinkWriter batch, string name, bool hairpin, bool isolated) =>
        batch
            .Begin(RTM_NEWLINK, NetlinkFlags.None, "RTM_NEWLINK", name)
            .Header(0, up: null)
            .Text(IFLA_IFNAME, name)
            .Open(IFLA_LINKINFO)
            .Text(IFLA_INFO_SLAVE_KIND, "bridge")
            .Open(IFLA_INFO_SLAVE_DATA)
            .Attribute(IFLA_BRPORT_MODE, [hairpin ? (byte)1 : (byte)0])
            .Attribute(IFLA_BRPORT_ISOLATED, [isolated ? (byte)1 : (byte)0])
            .Close()
            .Close()
            .End();

    /// <summary>Sets a device's MTU.</summary>
    public static NetlinkWriter SetMtu(this NetlinkWriter batch, int index, int mtu) =>
        batch
            .Begin(RTM_NEWLINK, NetlinkFlags.None, "RTM_NEWLINK", $"interface {index}")
            .Header(index, up: null)
            .Number(IFLA_MTU, (uint)mtu)
            .End();

    /// <summary>Deletes a device; ENODEV when there is none of the name. Waits for RCU grace periods: 10 to 30 ms.</summary>
    public static NetlinkWriter DeleteLink(this NetlinkWriter batch, string name) =>
        batch.Begin(RTM_DELLINK, NetlinkFlags.None, "RTM_DELLINK", name).Header(0, up: null).Text(IFLA_IFNAME, name).End();

    /// <summary>The device of a name, or null.</summary>
    public static Link? FindLink(this NetlinkSocket socket, string name)
    {
        Link? found = null;
        var request = new NetlinkWriter();
        request.Begin(RTM_GETLINK, NetlinkFlags.None, "RTM_GETLINK", name).Header(0, up: null).Text(IFLA_IFNAME, name).End();
        return socket.TryQuery(request, message => found = Parse(message), single: true) switch
        {
            null => found,
            { Errno: Errno.ENODEV } => null,
            var failure => throw failure,
        };
    }

    /// <summary>All devices of the socket's namespace.</summary>
    public static List<Link> ListLinks(this NetlinkSocket socket)
    {
        List<Link> links = [];
        var request = new NetlinkWriter();
        request.Begin(RTM_GETLINK, NetlinkFlags.Dump, "RTM_GETLINK").Header(0, up: null).End();
        socket.Query(request, message => links.Add(Parse(message)));
        return links;
    }

    static Link Parse(NetlinkMessage message)
    {
        var attributes = message.Attributes(LinkHeader);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message.Payload[8..]);
        return new Link(
            BinaryPrimitives.ReadInt32LittleEndian(message.Payload[4..]),
            attributes.Text(IFLA_IFNAME) ?? "",
            attributes.Nested(IFLA_LINKINFO).Text(IFLA_INFO_KIND),
            (int)(attributes.Number(IFLA_MASTER) ?? 0),
            (int)(attributes.Number(IFLA_LINK) ?? 0),
            attributes.Find(IFLA_ADDRESS).ToArray(),
            (flags & IFF_UP) != 0,
            attributes.Text(IFLA_IFALIAS)
        );
    }

    static NetlinkWriter End(this NetlinkWriter batch, VethEnd end, int mtu)
    {
        batch.Header(end.Index, end.Up).Text(IFLA_IFNAME, end.Name).Number(IFLA_MTU, (uint)mtu);
        if (end.Master != 0)
            batch.Number(IFLA_MASTER, (uint)end.Master);
        if (end.Address is not null)
            batch.Attribute(IFLA_ADDRESS, end.Address);
        if (end.Namespace is not null)
            batch.Number(IFLA_NET_NS_FD, (uint)end.Namespace.DangerousGetHandle());
        return batch;
    }

    /// <summary>struct ifinfomsg: family, device type, index, flags, mask of the flags to change.</summary>
    static NetlinkWriter Header(this NetlinkWriter batch, int index, bool? up)
    {
        Span<byte> header = stackalloc byte[LinkHeader];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        if (up is true)
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], IFF_UP);
        if (up is not null)
            BinaryPrimitives.WriteUInt32LittleEndian(header[12..], IFF_UP);
        return batch.Raw(header);
    }
}
