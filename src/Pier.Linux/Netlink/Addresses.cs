using System.Buffers.Binary;
using System.Net;
using static Pier.Linux.Netlink.RouteConstants;

namespace Pier.Linux.Netlink;

/// <summary>An address of a device (RTM_GETADDR).</summary>
public sealed record LinkAddress(int Index, IPAddress Address, int PrefixLength);

/// <summary>Messages about addresses (man 7 rtnetlink, RTM_*ADDR).</summary>
public static class Addresses
{
    /// <summary>Gives a device an IPv4 or IPv6 address; EEXIST when it has it.</summary>
    public static NetlinkWriter AddAddress(
        this NetlinkWriter batch,
        int index,
        IPAddress address,
        int prefixLength,
        IPAddress? broadcast = null
    )
    {
        var bytes = address.GetAddressBytes();
        var v4 = bytes.Length == 4;
        batch.Begin(RTM_NEWADDR, NetlinkFlags.Create | NetlinkFlags.Exclusive, "RTM_NEWADDR", $"{address}/{prefixLength}");
        Header(batch, v4 ? AF_INET : AF_INET6, prefixLength, v4 ? (byte)0 : IFA_F_NODAD, index);
        batch.Attribute(IFA_LOCAL, bytes).Attribute(IFA_ADDRESS, bytes);
        if (broadcast is not null)
            batch.Attribute(IFA_BROADCAST, broadcast.GetAddressBytes());
        return batch.End();
    }

    /// <summary>Takes an address from a device; EADDRNOTAVAIL when it has not got it.</summary>
    public static NetlinkWriter DeleteAddress(this NetlinkWriter batch, int index, IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        batch.Begin(RTM_DELADDR, NetlinkFlags.None, "RTM_DELADDR", $"{address}/{prefixLength}");
        Header(batch, bytes.Length == 4 ? AF_INET : AF_INET6, prefixLength, 0, index);
        return batch.Attribute(IFA_LOCAL, bytes).Attribute(IFA_ADDRESS, bytes).End();
    }

    /// <summary>All addresses of the socket's namespace.</summary>
    public static List<LinkAddress> ListAddresses(this NetlinkSocket socket) => List(socket, 0);

    /// <summary>The addresses of one device. The kernel looks at that device alone (NETLINK_GET_STRICT_CHK, Linux 4.20).</summary>
    public static List<LinkAddress> ListAddresses(this NetlinkSocket socket, int index)
    {
        socket.SetStrict(true);
        try
        {
            // Kernels before ignore the index and answer with all.
            var addresses = List(socket, index);
            addresses.RemoveAll(a => a.Index != index);
            return addresses;
        }
        finally
        {
            socket.SetStrict(false);
        }
    }

    static List<LinkAddress> List(NetlinkSocket socket, int index)
    {
        List<LinkAddress> addresses = [];
        var request = new NetlinkWriter();
        request.Begin(RTM_GETADDR, NetlinkFlags.Dump, "RTM_GETADDR");
        Header(request, AF_UNSPEC, 0, 0, index);
        socket.Query(
            request.End(),
            message =>
            {
                var attributes = message.Attributes(AddressHeader);
                var bytes = attributes.Find(IFA_LOCAL) is { Length: > 0 } local ? local : attributes.Find(IFA_ADDRESS);
                if (bytes.Length is not (4 or 16))
                    return;
                addresses.Add(
                    new LinkAddress(BinaryPrimitives.ReadInt32LittleEndian(message.Payload[4..]), new IPAddress(bytes), message.Payload[1])
                );
            }
        );
        return addresses;
    }

    /// <summary>struct ifaddrmsg: family, prefix length, flags, scope, index.</summary>
    static void Header(NetlinkWriter batch, byte family, int prefixLength, byte flags, int index)
    {
        Span<byte> header = [family, (byte)prefixLength, flags, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        batch.Raw(header);
    }
}
