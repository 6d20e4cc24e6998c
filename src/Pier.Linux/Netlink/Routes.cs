using System.Net;
using static Pier.Linux.Netlink.RouteConstants;

namespace Pier.Linux.Netlink;

/// <summary>A route of the main table: its destination and what it leads through.</summary>
public sealed record Route(IPAddress Destination, int PrefixLength, int OutputIndex, IPAddress? Gateway);

/// <summary>Messages about routes (man 7 rtnetlink, RTM_*ROUTE).</summary>
public static class Routes
{
    /// <summary>A default route through a gateway of a connected subnet, in place of the one that there was.</summary>
    public static NetlinkWriter SetDefaultRoute(this NetlinkWriter batch, IPAddress gateway, int index)
    {
        var bytes = gateway.GetAddressBytes();
        return batch
            .Begin(RTM_NEWROUTE, NetlinkFlags.Create | NetlinkFlags.Replace, "RTM_NEWROUTE", $"default via {gateway}")
            .Raw([bytes.Length == 4 ? AF_INET : AF_INET6, 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST, 0, 0, 0, 0])
            .Attribute(RTA_GATEWAY, bytes)
            .Number(RTA_OIF, (uint)index)
            .End();
    }

    /// <summary>Takes the default route of a gateway away; ESRCH when there is none.</summary>
    public static NetlinkWriter DeleteDefaultRoute(this NetlinkWriter batch, IPAddress gateway)
    {
        var bytes = gateway.GetAddressBytes();
        return batch
            .Begin(RTM_DELROUTE, NetlinkFlags.None, "RTM_DELROUTE", $"default via {gateway}")
            .Raw([bytes.Length == 4 ? AF_INET : AF_INET6, 0, 0, 0, RT_TABLE_MAIN, 0, RT_SCOPE_UNIVERSE, RTN_UNICAST, 0, 0, 0, 0])
            .Attribute(RTA_GATEWAY, bytes)
            .End();
    }

    /// <summary>Unicast routes of the socket's namespace, default routes included (prefix length 0).</summary>
    public static List<Route> ListRoutes(this NetlinkSocket socket)
    {
        List<Route> routes = [];
        var request = new NetlinkWriter();
        request.Begin(RTM_GETROUTE, NetlinkFlags.Dump, "RTM_GETROUTE").Raw(stackalloc byte[RouteHeader]).End();
        socket.Query(
            request,
            message =>
            {
                var header = message.Payload;
                var (family, prefixLength, type) = (header[0], header[1], header[7]);
                if (family is not (AF_INET or AF_INET6) || type != RTN_UNICAST)
                    return;
                var attributes = message.Attributes(RouteHeader);
                if ((attributes.Number(RTA_TABLE) ?? header[4]) != RT_TABLE_MAIN)
                    return;
                routes.Add(
                    new Route(
                        Address(attributes.Find(RTA_DST)) ?? (family == AF_INET ? IPAddress.Any : IPAddress.IPv6Any),
                        prefixLength,
                        (int)(attributes.Number(RTA_OIF) ?? 0),
                        Address(attributes.Find(RTA_GATEWAY))
                    )
                );
            }
        );
        return routes;
    }

    static IPAddress? Address(ReadOnlySpan<byte> bytes) => bytes.Length is 4 or 16 ? new IPAddress(bytes) : null;
}
