using Pier.Linux.Netlink;
using static Pier.Linux.Nftables.NftConstants;

namespace Pier.Linux.Nftables;

/// <summary>
/// One transaction on one table of the inet family (man 8 nft): all of it happens at once, or none. Send it by <see cref="Execute"/>.
/// </summary>
public sealed class NftBatch
{
    readonly NetlinkWriter _writer = new();
    readonly string _table;
    uint _sets;

    public NftBatch(string table)
    {
        _table = table;
        // The frame's res_id names the subsystem (nfnetlink.h); it is not acknowledged.
        _writer
            .Begin(NFNL_MSG_BATCH_BEGIN, NetlinkFlags.None, "NFNL_MSG_BATCH_BEGIN", "nftables", answered: false)
            .Raw([NFPROTO_UNSPEC, 0, 0, NFNL_SUBSYS_NFTABLES])
            .End();
    }

    /// <summary>Makes the table unless it exists.</summary>
    public NftBatch AddTable()
    {
        Begin(NFT_MSG_NEWTABLE, NetlinkFlags.Create, "NFT_MSG_NEWTABLE", _table).Text(NFTA_TABLE_NAME, _table).End();
        return this;
    }

    /// <summary>Deletes the table with all that is in it; ENOENT when there is none.</summary>
    public NftBatch DeleteTable()
    {
        Begin(NFT_MSG_DELTABLE, NetlinkFlags.None, "NFT_MSG_DELTABLE", _table).Text(NFTA_TABLE_NAME, _table).End();
        return this;
    }

    /// <summary>Makes a base chain that accepts what its rules leave, unless it exists.</summary>
    public NftBatch AddBaseChain(string name, NftChainType type, NftHook hook, int priority)
    {
        Begin(NFT_MSG_NEWCHAIN, NetlinkFlags.Create, "NFT_MSG_NEWCHAIN", name)
            .Text(NFTA_CHAIN_TABLE, _table)
            .Text(NFTA_CHAIN_NAME, name)
            .Open(NFTA_CHAIN_HOOK | NftRule.Nested)
            .BigEndian(NFTA_HOOK_HOOKNUM, (uint)hook)
            .BigEndian(NFTA_HOOK_PRIORITY, unchecked((uint)priority))
            .Close()
            .BigEndian(NFTA_CHAIN_POLICY, NF_ACCEPT)
            .Text(NFTA_CHAIN_TYPE, type == NftChainType.Nat ? "nat" : "filter")
            .End();
        return this;
    }

    /// <summary>Deletes all rules of the table; maps and their elements stay.</summary>
    public NftBatch FlushRules()
    {
        Begin(NFT_MSG_DELRULE, NetlinkFlags.None, "NFT_MSG_DELRULE", _table).Text(NFTA_RULE_TABLE, _table).End();
        return this;
    }

    /// <summary>Appends a rule to a chain.</summary>
    public NftBatch AddRule(string chain, NftRule rule)
    {
        var writer = Begin(NFT_MSG_NEWRULE, NetlinkFlags.Create | NetlinkFlags.Append, "NFT_MSG_NEWRULE", chain)
            .Text(NFTA_RULE_TABLE, _table)
            .Text(NFTA_RULE_CHAIN, chain);
        rule.Write(writer);
        writer.End();
        return this;
    }

    /// <summary>Makes a map or a set unless it exists.</summary>
    public NftBatch AddMap(NftMap map)
    {
        Begin(NFT_MSG_NEWSET, NetlinkFlags.Create, "NFT_MSG_NEWSET", map.Name)
            .Text(NFTA_SET_TABLE, _table)
            .Text(NFTA_SET_NAME, map.Name)
            .BigEndian(NFTA_SET_FLAGS, (map.IsSet ? 0 : NFT_SET_MAP) | (map.Interval ? NFT_SET_INTERVAL : 0))
            .BigEndian(NFTA_SET_KEY_TYPE, NftField.TypeOf(map.Key))
            .BigEndian(NFTA_SET_KEY_LEN, (uint)map.KeyLength);
        if (!map.IsSet)
            _writer.BigEndian(NFTA_SET_DATA_TYPE, NftField.TypeOf(map.Value)).BigEndian(NFTA_SET_DATA_LEN, (uint)map.ValueLength);
        _writer.BigEndian(NFTA_SET_ID, ++_sets);
        if (map.Key is [var only] && only == NftField.InterfaceName)
            _writer.Attribute(NFTA_SET_USERDATA, HostOrderKeys);
        _writer.End();
        return this;
    }

    /// <summary>Adds an element; EEXIST when the key leads elsewhere already.</summary>
    public NftBatch AddElement(NftMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Element(NFT_MSG_NEWSETELEM, NetlinkFlags.Create | NetlinkFlags.Exclusive, "NFT_MSG_NEWSETELEM", map, key, value);
        return this;
    }

    /// <summary>Adds a key to a set; no error when it is there. <paramref name="end"/>: of a range, the key after the last.</summary>
    public NftBatch AddKey(NftMap set, ReadOnlySpan<byte> key, bool end = false)
    {
        Element(NFT_MSG_NEWSETELEM, NetlinkFlags.Create, "NFT_MSG_NEWSETELEM", set, key, default, end);
        return this;
    }

    /// <summary>Removes an element; ENOENT when there is none of the key.</summary>
    public NftBatch DeleteElement(NftMap map, ReadOnlySpan<byte> key, bool end = false)
    {
        Element(NFT_MSG_DELSETELEM, NetlinkFlags.None, "NFT_MSG_DELSETELEM", map, key, default, end);
        return this;
    }

    /// <summary>
    /// Commits unless there is nothing to do; throws <see cref="LinuxException"/> with nothing changed when one message fails.
    /// </summary>
    public void Execute(NetlinkSocket socket)
    {
        if (_writer.Count > 1)
            socket.Execute(Finish());
    }

    /// <summary>Ends the batch's frame; for <see cref="Execute"/> and for tests of the encoding.</summary>
    internal NetlinkWriter Finish() =>
        _writer
            .Begin(NFNL_MSG_BATCH_END, NetlinkFlags.None, "NFNL_MSG_BATCH_END", "nftables", answered: false)
            .Raw([NFPROTO_UNSPEC, 0, 0, NFNL_SUBSYS_NFTABLES])
            .End();

    void Element(int type, NetlinkFlags flags, string call, NftMap map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool end = false)
    {
        Begin(type, flags, call, map.Name)
            .Text(NFTA_SET_ELEM_LIST_TABLE, _table)
            .Text(NFTA_SET_ELEM_LIST_SET, map.Name)
            .Open(NFTA_SET_ELEM_LIST_ELEMENTS | NftRule.Nested)
            .Open(NFTA_LIST_ELEM | NftRule.Nested)
            .Open(NFTA_SET_ELEM_KEY | NftRule.Nested)
            .Attribute(NFTA_DATA_VALUE, key)
            .Close();
        if (end)
            _writer.BigEndian(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
        if (!value.IsEmpty)
            _writer.Open(NFTA_SET_ELEM_DATA | NftRule.Nested).Attribute(NFTA_DATA_VALUE, value).Close();
        _writer.Close().Close().End();
    }

    NetlinkWriter Begin(int type, NetlinkFlags flags, string call, string subject) =>
        _writer.Begin((ushort)(NFNL_SUBSYS_NFTABLES << 8 | type), flags, call, subject).Raw([NFPROTO_INET, 0, 0, 0]);
}
