using Pier.Linux.Netlink;
using static Pier.Linux.Nftables.NftConstants;

namespace Pier.Linux.Nftables;

/// <summary>An element of a map or set; <paramref name="End"/>: the key after the last of a range.</summary>
public readonly record struct NftElement(byte[] Key, byte[] Value, bool End);

/// <summary>Reads what the kernel holds.</summary>
public static class NftElements
{
    /// <summary>
    /// All elements of a map or set of an inet table: key and value as <see cref="NftMap"/> packs them, and whether it ends a range. Empty
    /// when the table or the map is missing.
    /// </summary>
    public static List<NftElement> ListElements(this NetlinkSocket socket, string table, NftMap map)
    {
        List<NftElement> elements = [];
        var request = new NetlinkWriter();
        request
            .Begin((ushort)(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM), NetlinkFlags.Dump, "NFT_MSG_GETSETELEM", map.Name)
            .Raw([NFPROTO_INET, 0, 0, 0])
            .Text(NFTA_SET_ELEM_LIST_TABLE, table)
            .Text(NFTA_SET_ELEM_LIST_SET, map.Name)
            .End();
        try
        {
            socket.Query(
                request,
                message =>
                {
                    var list = message.Attributes(FamilyHeader).Nested(NFTA_SET_ELEM_LIST_ELEMENTS);
                    while (list.Next())
                    {
                        var element = new NetlinkAttributes(list.Value);
                        var flags = element.Find(NFTA_SET_ELEM_FLAGS);
                        elements.Add(
                            new NftElement(
                                element.Nested(NFTA_SET_ELEM_KEY).Find(NFTA_DATA_VALUE).ToArray(),
                                element.Nested(NFTA_SET_ELEM_DATA).Find(NFTA_DATA_VALUE).ToArray(),
                                flags.Length == 4 && (flags[3] & NFT_SET_ELEM_INTERVAL_END) != 0
                            )
                        );
                    }
                }
            );
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT) { }

        return elements;
    }

    /// <summary>True when the inet table exists.</summary>
    public static bool HasTable(this NetlinkSocket socket, string table)
    {
        var found = false;
        var request = new NetlinkWriter();
        request
            .Begin((ushort)(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE), NetlinkFlags.None, "NFT_MSG_GETTABLE", table)
            .Raw([NFPROTO_INET, 0, 0, 0])
            .Text(NFTA_TABLE_NAME, table)
            .End();
        try
        {
            socket.Query(request, _ => found = true, single: true);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT) { }

        return found;
    }
}
