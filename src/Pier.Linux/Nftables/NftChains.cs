using System.Buffers.Binary;
using Pier.Linux.Netlink;
using static Pier.Linux.Nftables.NftConstants;

namespace Pier.Linux.Nftables;

/// <summary>A base chain of any table of the host.</summary>
/// <param name="Family">"ip", "ip6", "inet", "arp", "bridge" or "netdev".</param>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Where it is called.</param>
/// <param name="Priority">The lower, the earlier.</param>
/// <param name="Drops">What no rule takes is dropped.</param>
public sealed record NftChain(string Family, string Table, string Name, NftHook Hook, int Priority, bool Drops);

/// <summary>Reads the host's base chains.</summary>
public static class NftChains
{
    public static List<NftChain> ListBaseChains(this NetlinkSocket socket)
    {
        List<NftChain> chains = [];
        var request = new NetlinkWriter();
        request
            .Begin((ushort)(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN), NetlinkFlags.Dump, "NFT_MSG_GETCHAIN")
            .Raw([NFPROTO_UNSPEC, 0, 0, 0])
            .End();
        socket.Query(
            request,
            message =>
            {
                var attributes = message.Attributes(FamilyHeader);
                var hook = attributes.Nested(NFTA_CHAIN_HOOK);
                if (Number(hook.Find(NFTA_HOOK_HOOKNUM)) is not { } number)
                    return;
                chains.Add(
                    new NftChain(
                        Family(message.Payload[0]),
                        attributes.Text(NFTA_CHAIN_TABLE) ?? "",
                        attributes.Text(NFTA_CHAIN_NAME) ?? "",
                        (NftHook)number,
                        unchecked((int)(Number(hook.Find(NFTA_HOOK_PRIORITY)) ?? 0)),
                        Number(attributes.Find(NFTA_CHAIN_POLICY)) == NF_DROP
                    )
                );
            }
        );
        return chains;
    }

    static uint? Number(ReadOnlySpan<byte> value) => value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    static string Family(byte number) =>
        number switch
        {
            NFPROTO_INET => "inet",
            NFPROTO_IPV4 => "ip",
            3 => "arp",
            5 => "netdev",
            7 => "bridge",
            NFPROTO_IPV6 => "ip6",
            _ => $"family {number}",
        };
}
