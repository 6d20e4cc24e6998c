namespace Pier.Linux.Nftables;

/// <summary>nf_tables' numbers (linux/netfilter/nf_tables.h, nfnetlink.h, netfilter.h).</summary>
static class NftConstants
{
    public const int NFNL_SUBSYS_NFTABLES = 10,
        NFNLGRP_NFTABLES = 7;
    public const ushort NFNL_MSG_BATCH_BEGIN = 16,
        NFNL_MSG_BATCH_END = 17;

    public const int NFT_MSG_NEWTABLE = 0,
        NFT_MSG_GETTABLE = 1,
        NFT_MSG_DELTABLE = 2,
        NFT_MSG_NEWCHAIN = 3,
        NFT_MSG_GETCHAIN = 4,
        NFT_MSG_NEWRULE = 6,
        NFT_MSG_DELRULE = 8,
        NFT_MSG_NEWSET = 9,
        NFT_MSG_NEWSETELEM = 12,
        NFT_MSG_GETSETELEM = 13,
        NFT_MSG_DELSETELEM = 14;

    /// <summary>struct nfgenmsg: family, version, resource id.</summary>
    public const int FamilyHeader = 4;

    public const byte NFPROTO_UNSPEC = 0,
        NFPROTO_INET = 1,
        NFPROTO_IPV4 = 2,
        NFPROTO_IPV6 = 10;

    public const ushort NFTA_LIST_ELEM = 1;
    public const ushort NFTA_TABLE_NAME = 1;
    public const ushort NFTA_CHAIN_TABLE = 1,
        NFTA_CHAIN_NAME = 3,
        NFTA_CHAIN_HOOK = 4,
        NFTA_CHAIN_POLICY = 5,
        NFTA_CHAIN_TYPE = 7;
    public const ushort NFTA_HOOK_HOOKNUM = 1,
        NFTA_HOOK_PRIORITY = 2;
    public const ushort NFTA_RULE_TABLE = 1,
        NFTA_RULE_CHAIN = 2,
        NFTA_RULE_EXPRESSIONS = 4;
    public const ushort NFTA_EXPR_NAME = 1,
        NFTA_EXPR_DATA = 2;
    public const ushort NFTA_DATA_VALUE = 1,
        NFTA_DATA_VERDICT = 2,
        NFTA_VERDICT_CODE = 1;

    public const ushort NFTA_SET_TABLE = 1,
        NFTA_SET_NAME = 2,
        NFTA_SET_FLAGS = 3,
        NFTA_SET_KEY_TYPE = 4,
        NFTA_SET_KEY_LEN = 5,
        NFTA_SET_DATA_TYPE = 6,
        NFTA_SET_DATA_LEN = 7,
        NFTA_SET_ID = 10,
        NFTA_SET_USERDATA = 13;

    /// <summary>
    /// nft's own note in a set (libnftnl: NFTNL_UDATA_SET_KEYBYTEORDER, host order): without it nft cannot print names of devices.
    /// </summary>
    public static readonly byte[] HostOrderKeys = [0, 4, 1, 0, 0, 0];
    public const ushort NFTA_SET_ELEM_LIST_TABLE = 1,
        NFTA_SET_ELEM_LIST_SET = 2,
        NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    public const ushort NFTA_SET_ELEM_KEY = 1,
        NFTA_SET_ELEM_DATA = 2;
    public const uint NFT_SET_INTERVAL = 0x4,
        NFT_SET_MAP = 0x8;
    public const ushort NFTA_SET_ELEM_FLAGS = 3;
    public const uint NFT_SET_ELEM_INTERVAL_END = 1;

    public const ushort NFTA_IMMEDIATE_DREG = 1,
        NFTA_IMMEDIATE_DATA = 2;
    public const ushort NFTA_CMP_SREG = 1,
        NFTA_CMP_OP = 2,
        NFTA_CMP_DATA = 3;
    public const ushort NFTA_BITWISE_SREG = 1,
        NFTA_BITWISE_DREG = 2,
        NFTA_BITWISE_LEN = 3,
        NFTA_BITWISE_MASK = 4,
        NFTA_BITWISE_XOR = 5;
    public const ushort NFTA_LOOKUP_SET = 1,
        NFTA_LOOKUP_SREG = 2,
        NFTA_LOOKUP_DREG = 3,
        NFTA_LOOKUP_SET_ID = 4,
        NFTA_LOOKUP_FLAGS = 5;
    public const uint NFT_LOOKUP_F_INV = 1;
    public const ushort NFTA_PAYLOAD_DREG = 1,
        NFTA_PAYLOAD_BASE = 2,
        NFTA_PAYLOAD_OFFSET = 3,
        NFTA_PAYLOAD_LEN = 4;
    public const ushort NFTA_META_DREG = 1,
        NFTA_META_KEY = 2;
    public const ushort NFTA_CT_DREG = 1,
        NFTA_CT_KEY = 2;
    public const ushort NFTA_FIB_DREG = 1,
        NFTA_FIB_RESULT = 2,
        NFTA_FIB_FLAGS = 3;
    public const ushort NFTA_NAT_TYPE = 1,
        NFTA_NAT_FAMILY = 2,
        NFTA_NAT_REG_ADDR_MIN = 3,
        NFTA_NAT_REG_PROTO_MIN = 5;

    public const uint NFT_META_IIFNAME = 6,
        NFT_META_OIFNAME = 7,
        NFT_META_NFPROTO = 15,
        NFT_META_L4PROTO = 16;
    public const uint NFT_CT_STATE = 0,
        NFT_CT_STATUS = 2;
    public const uint NFT_FIB_RESULT_ADDRTYPE = 3,
        NFTA_FIB_F_SADDR = 1,
        NFTA_FIB_F_DADDR = 2,
        RTN_LOCAL = 2;
    public const uint NFT_PAYLOAD_NETWORK_HEADER = 1,
        NFT_PAYLOAD_TRANSPORT_HEADER = 2;
    public const uint NFT_NAT_DNAT = 1;
    public const uint NFT_CMP_EQ = 0,
        NFT_CMP_NEQ = 1;

    /// <summary>Verdicts: NF_DROP, NF_ACCEPT, NFT_RETURN.</summary>
    public const int NF_DROP = 0,
        NF_ACCEPT = 1,
        NFT_RETURN = -5;
}
