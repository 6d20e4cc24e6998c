using Pier.Linux.Netlink;

namespace Pier.Network.Addressing;

/// <summary>Subnets that the host itself uses: a new network must not hide them.</summary>
static class HostSubnets
{
    /// <summary>Those of its routes and of its devices' addresses.</summary>
    public static List<Subnet> InUse(NetlinkSocket socket) =>
        [
            .. socket.ListRoutes().Where(r => r.PrefixLength > 0).Select(r => Subnet.Containing(r.Destination, r.PrefixLength)),
            .. socket.ListAddresses().Select(a => Subnet.Containing(a.Address, a.PrefixLength)),
        ];
}
