using Pier.Model.Runtime;

namespace Pier.Runtime.Commands;

/// <summary>
/// The config.json that the "spec" command writes: a shell in a new container with Docker's default mounts, masks and few capabilities.
/// </summary>
public static class BundleTemplate
{
    static readonly string[] Capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

    public static Spec Default() =>
        new()
        {
            OciVersion = "1.2.0",
            Process = new Process
            {
                Terminal = true,
                Args = ["sh"],
                Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
                Cwd = "/",
                Capabilities = new CapabilitySets
                {
                    Bounding = Capabilities,
                    Effective = Capabilities,
                    Permitted = Capabilities,
                },
                Rlimits =
                [
                    new Rlimit
                    {
                        Type = "RLIMIT_NOFILE",
                        Hard = 1024,
                        Soft = 1024,
                    },
                ],
                NoNewPrivileges = true,
            },
            Root = new Root { Path = "rootfs", Readonly = true },
            Hostname = "runc",
            Mounts = Mounts,
            Linux = new LinuxConfig
            {
                Resources = new LinuxResources { Devices = [new DeviceRule { Allow = false, Access = "rwm" }] },
                Namespaces =
                [
                    .. ((string[])["pid", "network", "ipc", "uts", "mount", "cgroup"]).Select(t => new LinuxNamespace { Type = t }),
                ],
                MaskedPaths = MaskedPaths,
                ReadonlyPaths = ReadonlyPaths,
            },
        };

    /// <summary>What Docker hides in every container that is not privileged.</summary>
    public static IReadOnlyList<string> MaskedPaths { get; } =
    [
        "/proc/acpi",
        "/proc/asound",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/proc/sched_debug",
        "/sys/firmware",
        "/sys/devices/virtual/powercap",
        "/proc/scsi",
    ];

    /// <summary>What Docker makes read-only in every container that is not privileged.</summary>
    public static IReadOnlyList<string> ReadonlyPaths { get; } = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    static IReadOnlyList<Mount> Mounts { get; } =
    [
        new()
        {
            Destination = "/proc",
            Type = "proc",
            Source = "proc",
        },
        new()
        {
            Destination = "/dev",
            Type = "tmpfs",
            Source = "tmpfs",
            Options = ["nosuid", "strictatime", "mode=755", "size=65536k"],
        },
        new()
        {
            Destination = "/dev/pts",
            Type = "devpts",
            Source = "devpts",
            Options = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
        },
        new()
        {
            Destination = "/dev/shm",
            Type = "tmpfs",
            Source = "shm",
            Options = ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
        },
        new()
        {
            Destination = "/dev/mqueue",
            Type = "mqueue",
            Source = "mqueue",
            Options = ["nosuid", "noexec", "nodev"],
        },
        new()
        {
            Destination = "/sys",
            Type = "sysfs",
            Source = "sysfs",
            Options = ["nosuid", "noexec", "nodev", "ro"],
        },
        new()
        {
            Destination = "/sys/fs/cgroup",
            Type = "cgroup",
            Source = "cgroup",
            Options = ["nosuid", "noexec", "nodev", "relatime", "ro"],
        },
    ];
}
