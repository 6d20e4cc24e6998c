using System.Net;
using System.Text;
using Pier.Linux.Netlink;
using static Pier.Linux.Nftables.NftConstants;

namespace Pier.Linux.Nftables;

/// <summary>
/// Builds one rule as the expressions that the kernel runs in order (nft --debug=netlink shows the same): each test loads something into
/// a register and compares it; a test that fails ends the rule. Written for the inet family, so that tests of addresses ask for their
/// family first.
/// </summary>
public sealed class NftRule
{
    /// <summary>NFT_REG_VERDICT, NFT_REG_1, and the first of the 32-bit registers that overlay NFT_REG_1 and those after it.</summary>
    const uint Verdict = 0,
        Register = 1,
        Word = 8;

    const int InterfaceNameLength = 16,
        Ipv4SourceOffset = 12,
        Ipv4DestinationOffset = 16,
        DestinationPortOffset = 2;
    const int Ipv6SourceOffset = 8,
        Ipv6DestinationOffset = 24,
        Ipv4Length = 4,
        Ipv6Length = 16;

    /// <summary>IPS_DST_NAT of the connection's status.</summary>
    const uint DestinationNatStatus = 0x20;

    readonly List<Action<NetlinkWriter>> _expressions = [];

    /// <summary>iifname "name".</summary>
    public NftRule InputInterface(string name) => Interface(NFT_META_IIFNAME, NFT_CMP_EQ, name);

    /// <summary>oifname "name".</summary>
    public NftRule OutputInterface(string name) => Interface(NFT_META_OIFNAME, NFT_CMP_EQ, name);

    /// <summary>iifname != "name".</summary>
    public NftRule NotInputInterface(string name) => Interface(NFT_META_IIFNAME, NFT_CMP_NEQ, name);

    /// <summary>oifname != "name".</summary>
    public NftRule NotOutputInterface(string name) => Interface(NFT_META_OIFNAME, NFT_CMP_NEQ, name);

    /// <summary>iifname @set.</summary>
    public NftRule InputInterfaceIn(NftMap set) => Meta(NFT_META_IIFNAME, Register).Lookup(set);

    /// <summary>oifname @set.</summary>
    public NftRule OutputInterfaceIn(NftMap set) => Meta(NFT_META_OIFNAME, Register).Lookup(set);

    /// <summary>oifname != @set.</summary>
    public NftRule OutputInterfaceNotIn(NftMap set) => Meta(NFT_META_OIFNAME, Register).Lookup(set, inverted: true);

    /// <summary>iifname . oifname @set.</summary>
    public NftRule InterfacesIn(NftMap set) =>
        Meta(NFT_META_IIFNAME, Register).Meta(NFT_META_OIFNAME, Word + InterfaceNameLength / 4).Lookup(set);

    /// <summary>ip saddr network/prefix, or ip6 saddr.</summary>
    public NftRule Source(IPAddress network, int prefixLength) =>
        Address(network.GetAddressBytes().Length == Ipv4Length ? Ipv4SourceOffset : Ipv6SourceOffset, network, prefixLength);

    /// <summary>ip daddr network/prefix, or ip6 daddr.</summary>
    public NftRule Destination(IPAddress network, int prefixLength) =>
        Address(network.GetAddressBytes().Length == Ipv4Length ? Ipv4DestinationOffset : Ipv6DestinationOffset, network, prefixLength);

    /// <summary>ip saddr @set, or ip6 saddr, by the set's key.</summary>
    public NftRule SourceIn(NftMap set)
    {
        var v6 = set.KeyLength == Ipv6Length;
        Family(v6);
        Payload(Register, NFT_PAYLOAD_NETWORK_HEADER, v6 ? (uint)Ipv6SourceOffset : Ipv4SourceOffset, (uint)set.KeyLength);
        return Lookup(set);
    }

    /// <summary>ip saddr . ip daddr . meta l4proto . th dport @set.</summary>
    public NftRule FlowIn(NftMap set)
    {
        Family(v6: false);
        Payload(Word, NFT_PAYLOAD_NETWORK_HEADER, Ipv4SourceOffset, Ipv4Length);
        Payload(Word + 1, NFT_PAYLOAD_NETWORK_HEADER, Ipv4DestinationOffset, Ipv4Length);
        Meta(NFT_META_L4PROTO, Word + 2);
        Payload(Word + 3, NFT_PAYLOAD_TRANSPORT_HEADER, DestinationPortOffset, 2);
        return Lookup(set);
    }

    /// <summary>fib saddr type local: one of the host's own addresses.</summary>
    public NftRule SourceIsLocal() => Local(NFTA_FIB_F_SADDR);

    /// <summary>fib daddr type local.</summary>
    public NftRule DestinationIsLocal() => Local(NFTA_FIB_F_DADDR);

    /// <summary>ct state, any of the bits.</summary>
    public NftRule State(ConnectionState any) => Connection(NFT_CT_STATE, (uint)any);

    /// <summary>ct status dnat: the connection's destination was rewritten.</summary>
    public NftRule IsDestinationTranslated() => Connection(NFT_CT_STATUS, DestinationNatStatus);

    /// <summary>accept, drop or return: ends the rule.</summary>
    public NftRule End(NftVerdict verdict) =>
        Add(
            "immediate",
            w =>
                w.BigEndian(NFTA_IMMEDIATE_DREG, Verdict)
                    .Open(NFTA_IMMEDIATE_DATA | Nested)
                    .Open(NFTA_DATA_VERDICT | Nested)
                    .BigEndian(NFTA_VERDICT_CODE, unchecked((uint)(int)verdict))
                    .Close()
                    .Close()
        );

    /// <summary>masquerade: source address becomes that of the interface that the packet leaves through.</summary>
    public NftRule Masquerade() => Add("masq", _ => { });

    /// <summary>
    /// dnat ip to meta l4proto [. ip daddr] . th dport map @map, or ip6 by the map's value: looks the packet's destination up and rewrites
    /// it to the value's address and port; a packet without an entry goes on.
    /// </summary>
    public NftRule TranslateDestination(NftMap map, bool byAddress)
    {
        var v6 = map.Value[0] == NftField.Ipv6Address;
        var words = (uint)(v6 ? Ipv6Length : Ipv4Length) / 4;
        Family(v6);
        Meta(NFT_META_L4PROTO, Register);
        var word = Word + 1;
        if (byAddress)
        {
            Payload(word, NFT_PAYLOAD_NETWORK_HEADER, v6 ? (uint)Ipv6DestinationOffset : Ipv4DestinationOffset, words * 4);
            word += words;
        }

        Payload(word, NFT_PAYLOAD_TRANSPORT_HEADER, DestinationPortOffset, 2);
        Add("lookup", w => w.Text(NFTA_LOOKUP_SET, map.Name).BigEndian(NFTA_LOOKUP_SREG, Register).BigEndian(NFTA_LOOKUP_DREG, Register));
        // The value is an address in the register's first words and a port in the next.
        return Add(
            "nat",
            w =>
                w.BigEndian(NFTA_NAT_TYPE, NFT_NAT_DNAT)
                    .BigEndian(NFTA_NAT_FAMILY, v6 ? NFPROTO_IPV6 : NFPROTO_IPV4)
                    .BigEndian(NFTA_NAT_REG_ADDR_MIN, Register)
                    .BigEndian(NFTA_NAT_REG_PROTO_MIN, Word + words)
        );
    }

    internal const ushort Nested = 0x8000;

    internal void Write(NetlinkWriter writer)
    {
        writer.Open(NFTA_RULE_EXPRESSIONS | Nested);
        foreach (var expression in _expressions)
            expression(writer);
        writer.Close();
    }

    NftRule Interface(uint key, uint comparison, string name)
    {
        var padded = new byte[InterfaceNameLength];
        Encoding.ASCII.GetBytes(name, padded);
        Meta(key, Register);
        return Compare(comparison, padded);
    }

    NftRule Meta(uint key, uint register) => Add("meta", w => w.BigEndian(NFTA_META_DREG, register).BigEndian(NFTA_META_KEY, key));

    NftRule Lookup(NftMap set, bool inverted = false) =>
        Add(
            "lookup",
            w =>
            {
                w.Text(NFTA_LOOKUP_SET, set.Name).BigEndian(NFTA_LOOKUP_SREG, Register);
                if (inverted)
                    w.BigEndian(NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
            }
        );

    NftRule Address(int offset, IPAddress network, int prefixLength)
    {
        var address = network.GetAddressBytes();
        var mask = new byte[address.Length];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = (byte)(0xff00 >> Math.Clamp(prefixLength - i * 8, 0, 8));
        Family(v6: address.Length == Ipv6Length);
        Payload(Register, NFT_PAYLOAD_NETWORK_HEADER, (uint)offset, (uint)address.Length);
        if (prefixLength < address.Length * 8)
            Mask(mask);
        return Compare(NFT_CMP_EQ, address);
    }

    NftRule Local(uint which)
    {
        Add(
            "fib",
            w => w.BigEndian(NFTA_FIB_DREG, Register).BigEndian(NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE).BigEndian(NFTA_FIB_FLAGS, which)
        );
        return Compare(NFT_CMP_EQ, BitConverter.GetBytes(RTN_LOCAL));
    }

    NftRule Connection(uint key, uint any)
    {
        Add("ct", w => w.BigEndian(NFTA_CT_DREG, Register).BigEndian(NFTA_CT_KEY, key));
        Mask(BitConverter.GetBytes(any));
        return Compare(NFT_CMP_NEQ, new byte[4]);
    }

    void Family(bool v6)
    {
        Meta(NFT_META_NFPROTO, Register);
        Compare(NFT_CMP_EQ, [v6 ? NFPROTO_IPV6 : NFPROTO_IPV4]);
    }

    void Payload(uint register, uint header, uint offset, uint length) =>
        Add(
            "payload",
            w =>
                w.BigEndian(NFTA_PAYLOAD_DREG, register)
                    .BigEndian(NFTA_PAYLOAD_BASE, header)
                    .BigEndian(NFTA_PAYLOAD_OFFSET, offset)
                    .BigEndian(NFTA_PAYLOAD_LEN, length)
        );

    void Mask(byte[] mask) =>
        Add(
            "bitwise",
            w =>
                w.BigEndian(NFTA_BITWISE_SREG, Register)
                    .BigEndian(NFTA_BITWISE_DREG, Register)
                    .BigEndian(NFTA_BITWISE_LEN, (uint)mask.Length)
                    .Open(NFTA_BITWISE_MASK | Nested)
                    .Attribute(NFTA_DATA_VALUE, mask)
                    .Close()
                    .Open(NFTA_BITWISE_XOR | Nested)
                    .Attribute(NFTA_DATA_VALUE, new byte[mask.Length])
                    .Close()
        );

    NftRule Compare(uint comparison, byte[] value) =>
        Add(
            "cmp",
            w =>
                w.BigEndian(NFTA_CMP_SREG, Register)
                    .BigEndian(NFTA_CMP_OP, comparison)
                    .Open(NFTA_CMP_DATA | Nested)
                    .Attribute(NFTA_DATA_VALUE, value)
                    .Close()
        );

    NftRule Add(string name, Action<NetlinkWriter> attributes)
    {
        _expressions.Add(writer =>
        {
            writer.Open(NFTA_LIST_ELEM | Nested).Text(NFTA_EXPR_NAME, name).Open(NFTA_EXPR_DATA | Nested);
            attributes(writer);
            writer.Close().Close();
        });
        return this;
    }
}
