namespace Pier.Linux.Netlink;

/// <summary>Netlink families that Pier speaks (linux/netlink.h).</summary>
public enum NetlinkProtocol
{
    Route = 0,
    Netfilter = 12,
}

/// <summary>nlmsg_flags (linux/netlink.h).</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    None = 0,
    Request = 0x1,

    /// <summary>Answer with an NLMSG_ERROR whose errno is 0 also when all went well.</summary>
    Acknowledge = 0x4,

    /// <summary>Fail when the object exists (with <see cref="Create"/>).</summary>
    Exclusive = 0x200,
    Create = 0x400,

    /// <summary>Add at the end of a list (nftables rules).</summary>
    Append = 0x800,

    /// <summary>Change an object that exists.</summary>
    Replace = 0x100,

    /// <summary>List all (NLM_F_ROOT | NLM_F_MATCH).</summary>
    Dump = 0x300,
}

static class NetlinkConstants
{
    public const int HeaderLength = 16,
        AttributeHeaderLength = 4;

    /// <summary>nlmsg_type values below NLMSG_MIN_TYPE.</summary>
    public const ushort NLMSG_ERROR = 2,
        NLMSG_DONE = 3;

    /// <summary>Flags of an NLMSG_ERROR: the request was cut to its header, extended acknowledgement attributes follow.</summary>
    public const ushort NLM_F_CAPPED = 0x100,
        NLM_F_ACK_TLVS = 0x200;

    /// <summary>Extended acknowledgement: the kernel's own words.</summary>
    public const ushort NLMSGERR_ATTR_MSG = 1;

    public const ushort NLA_F_NESTED = 0x8000,
        NLA_TYPE_MASK = 0x3fff;
}
