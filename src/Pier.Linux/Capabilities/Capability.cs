namespace Pier.Linux.Capabilities;

/// <summary>Capabilities by name and number (linux/capability.h). A set is a bit mask, bit n for capability n.</summary>
public static class Capability
{
    static readonly string[] Names =
    [
        "CAP_CHOWN",
        "CAP_DAC_OVERRIDE",
        "CAP_DAC_READ_SEARCH",
        "CAP_FOWNER",
        "CAP_FSETID",
        "CAP_KILL",
        "CAP_SETGID",
        "CAP_SETUID",
        "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE",
        "CAP_NET_BIND_SERVICE",
        "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN",
        "CAP_NET_RAW",
        "CAP_IPC_LOCK",
        "CAP_IPC_OWNER",
        "CAP_SYS_MODULE",
        "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE",
        "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT",
        "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME",
        "CAP_SYS_TTY_CONFIG",
        "CAP_MKNOD",
        "CAP_LEASE",
        "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP",
        "CAP_MAC_OVERRIDE",
        "CAP_MAC_ADMIN",
        "CAP_SYSLOG",
        "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ",
        "CAP_PERFMON",
        "CAP_BPF",
        "CAP_CHECKPOINT_RESTORE",
    ];

    static readonly Dictionary<string, int> Numbers = Names
        .Select((name, number) => (name, number))
        .ToDictionary(p => p.name, p => p.number);

    public const int SysAdmin = 21,
        SysPtrace = 19,
        SysResource = 24;

    /// <summary>Every known name, by number.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>The number of "CAP_CHOWN", or -1 for a name that is not known.</summary>
    public static int Number(string name) => Numbers.GetValueOrDefault(name, -1);

    /// <summary>The name of a number; numbers newer than this table read "CAP_41".</summary>
    public static string Name(int number) => number < Names.Length ? Names[number] : $"CAP_{number}";

    /// <summary>The mask of names; names that are not known come back in <paramref name="unknown"/>.</summary>
    public static ulong Mask(IEnumerable<string>? names, List<string>? unknown = null)
    {
        ulong mask = 0;
        foreach (var name in names ?? [])
        {
            var number = Number(name);
            if (number >= 0)
                mask |= 1UL << number;
            else
                unknown?.Add(name);
        }
        return mask;
    }

    /// <summary>The names in a mask.</summary>
    public static IEnumerable<string> Of(ulong mask)
    {
        for (var i = 0; i < 64; i++)
            if ((mask >> i & 1) != 0)
                yield return Name(i);
    }
}
