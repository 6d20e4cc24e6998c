namespace Pier.Linux.Nftables;

/// <summary>Where a base chain is called (enum nf_inet_hooks).</summary>
public enum NftHook : uint
{
    Prerouting = 0,
    Input = 1,
    Forward = 2,
    Output = 3,
    Postrouting = 4,
}

/// <summary>Standard priorities (enum nf_ip_hook_priorities), man 8 nft.</summary>
public static class NftPriority
{
    public const int Raw = -300,
        DestinationNat = -100,
        Filter = 0,
        SourceNat = 100;
}

/// <summary>Kinds of base chain.</summary>
public enum NftChainType
{
    Filter,
    Nat,
}

/// <summary>What a rule ends in.</summary>
public enum NftVerdict
{
    Drop = NftConstants.NF_DROP,
    Accept = NftConstants.NF_ACCEPT,
    Return = NftConstants.NFT_RETURN,
}

/// <summary>Bits of the connection's state (nf_conntrack_common.h: NF_CT_STATE_BIT).</summary>
[Flags]
public enum ConnectionState : uint
{
    Invalid = 1,
    Established = 2,
    Related = 4,
    New = 8,
}
