using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Engine.Specs;

/// <summary>
/// The capabilities that a container has: Docker's fourteen, with what was added and dropped (docker run reference, "Runtime privilege").
/// </summary>
static class DefaultCapabilities
{
    static readonly string[] Docker =
    [
        "CAP_CHOWN",
        "CAP_DAC_OVERRIDE",
        "CAP_FSETID",
        "CAP_FOWNER",
        "CAP_MKNOD",
        "CAP_NET_RAW",
        "CAP_SETGID",
        "CAP_SETUID",
        "CAP_SETFCAP",
        "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE",
        "CAP_SYS_CHROOT",
        "CAP_KILL",
        "CAP_AUDIT_WRITE",
    ];

    /// <summary>man 7 capabilities, in kernel order.</summary>
    static readonly string[] Known =
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

    /// <summary>
    /// The names for a host configuration. <paramref name="available"/> is the host's bounding set: privileged gives all of it.
    /// </summary>
    public static IReadOnlyList<string> Resolve(HostConfig host, IReadOnlyCollection<string> available)
    {
        if (host.Privileged)
            return [.. Known.Where(available.Contains)];
        var added = Normalize(host.CapAdd, "CapAdd");
        var dropped = Normalize(host.CapDrop, "CapDrop");
        IEnumerable<string> names =
            added.Contains("ALL") ? Known.Where(available.Contains)
            : dropped.Contains("ALL") ? []
            : Docker;
        if (!dropped.Contains("ALL") || added.Contains("ALL"))
            names = names.Where(n => !dropped.Contains(n));
        return [.. names.Union(added.Where(n => n != "ALL"))];
    }

    /// <summary>
    /// The sets of a process: root has them effective, others keep them in the bounding set (Docker gives no ambient or inheritable ones).
    /// </summary>
    public static CapabilitySets Sets(IReadOnlyList<string> names, bool root) =>
        new()
        {
            Bounding = names,
            Effective = root ? names : [],
            Permitted = root ? names : [],
            Inheritable = [],
            Ambient = [],
        };

    static HashSet<string> Normalize(string[]? names, string field)
    {
        var result = new HashSet<string>();
        foreach (var name in names ?? [])
        {
            var upper = name.ToUpperInvariant();
            if (upper == "ALL" || upper == "CAP_ALL")
            {
                result.Add("ALL");
                continue;
            }
            if (!upper.StartsWith("CAP_", StringComparison.Ordinal))
                upper = "CAP_" + upper;
            if (!Known.Contains(upper))
                throw new InvalidParameterException($"invalid {field}: unknown capability: \"{upper}\"");
            result.Add(upper);
        }
        return result;
    }
}
