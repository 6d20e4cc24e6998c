namespace Pier.Linux.Netlink;

/// <summary>rtnetlink's numbers (linux/rtnetlink.h, if_link.h, if_addr.h, veth.h, if_bridge.h; man 7 rtnetlink).</summary>
static class RouteConstants
{
    public const ushort RTM_NEWLINK = 16,
        RTM_DELLINK = 17,
        RTM_GETLINK = 18,
        RTM_NEWADDR = 20,
        RTM_DELADDR = 21,
        RTM_GETADDR = 22,
        RTM_NEWROUTE = 24,
        RTM_DELROUTE = 25,
        RTM_GETROUTE = 26;

    /// <summary>Lengths of struct ifinfomsg, ifaddrmsg, rtmsg.</summary>
    public const int LinkHeader = 16,
        AddressHeader = 8,
        RouteHeader = 12;

    public const ushort IFLA_ADDRESS = 1,
        IFLA_IFNAME = 3,
        IFLA_MTU = 4,
        IFLA_LINK = 5,
        IFLA_MASTER = 10,
        IFLA_LINKINFO = 18,
        IFLA_IFALIAS = 20,
        IFLA_NET_NS_FD = 28;
    public const ushort IFLA_INFO_KIND = 1,
        IFLA_INFO_DATA = 2;

    public const ushort IFLA_INFO_SLAVE_KIND = 4,
        IFLA_INFO_SLAVE_DATA = 5;

    /// <summary>Settings of macvlan, ipvlan and vlan devices.</summary>
    public const ushort IFLA_MACVLAN_MODE = 1,
        IFLA_IPVLAN_MODE = 1,
        IFLA_VLAN_ID = 1;

    /// <summary>Settings of a bridge's port: hairpin mode, isolation.</summary>
    public const ushort IFLA_BRPORT_MODE = 4,
        IFLA_BRPORT_ISOLATED = 33;

    /// <summary>The peer's half in a veth's IFLA_INFO_DATA: an ifinfomsg and attributes of its own.</summary>
    public const ushort VETH_INFO_PEER = 1;

    public const ushort IFA_ADDRESS = 1,
        IFA_LOCAL = 2,
        IFA_BROADCAST = 4,
        IFA_FLAGS = 8;

    /// <summary>An IPv6 address that is not probed for duplicates.</summary>
    public const byte IFA_F_NODAD = 2;

    public const ushort RTA_DST = 1,
        RTA_OIF = 4,
        RTA_GATEWAY = 5,
        RTA_TABLE = 15;
    public const byte RT_TABLE_MAIN = 254,
        RTPROT_BOOT = 3,
        RT_SCOPE_UNIVERSE = 0,
        RTN_UNICAST = 1;

    public const byte AF_UNSPEC = 0,
        AF_INET = 2,
        AF_INET6 = 10;
    public const uint IFF_UP = 1;
}
