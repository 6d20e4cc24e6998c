using Microsoft.Win32.SafeHandles;
using Pier.Linux.Netlink;
using static Pier.Linux.Nftables.NftConstants;

namespace Pier.Linux.Nftables;

/// <summary>
/// Hears of deletions of a table of the inet family, by whoever. Belongs to the network namespace of the thread that made it.
/// </summary>
public sealed class NftTableWatch(string table) : IDisposable
{
    readonly NetlinkSocket _socket = NetlinkSocket.Subscribe(NetlinkProtocol.Netfilter, NFNLGRP_NFTABLES);

    /// <summary>Readable when something was changed in any table.</summary>
    public SafeFileHandle Handle => _socket.Handle;

    /// <summary>Whether the table was deleted since the last time, or may have been.</summary>
    public bool WasDeleted()
    {
        var deleted = false;
        var whole = _socket.TryHear(message =>
        {
            if (message.Type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE) || message.Payload[0] != NFPROTO_INET)
                return;
            deleted |= message.Attributes(FamilyHeader).Text(NFTA_TABLE_NAME) == table;
        });
        return deleted || !whole;
    }

    public void Dispose() => _socket.Dispose();
}
