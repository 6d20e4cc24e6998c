using Pier.Model.Notation;

namespace Pier.Cli.Completion;

/// <summary>Words of the kernel and of image platforms that options take.</summary>
static class KernelWords
{
    // man 7 capabilities
    public static readonly string[] Capabilities =
    [
        .. (
            "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID "
            + "IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW "
            + "PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO "
            + "SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM"
        )
            .Split(' ')
            .Select(c => "CAP_" + c),
    ];

    // man 2 getrlimit
    public static readonly string[] Limits =
    [
        .. "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"
            .Split(' ')
            .Select(l => l + "="),
    ];

    public static readonly string[] Platforms =
    [
        .. "linux/386 linux/amd64 linux/arm linux/arm/v5 linux/arm/v6 linux/arm/v7 linux/arm64 linux/arm64/v8 linux/ppc64le".Split(' '),
        .. "linux/riscv64 linux/s390x".Split(' '),
    ];

    /// <summary>Names of signals, in the long form for who has begun to type it.</summary>
    public static IEnumerable<string> Signals(string typed)
    {
        var value = typed[(typed.IndexOf('=') + 1)..];
        return value.StartsWith('S') && "SIG".StartsWith(value[..Math.Min(3, value.Length)], StringComparison.Ordinal) && value.Length > 1
            ? SignalName.All.Select(s => "SIG" + s)
            : SignalName.All;
    }
}
