using System.Runtime.InteropServices;
using Pier.Linux.Capabilities;
using Pier.Linux.Cgroups;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Pier.Model.Runtime;
using Pier.Runtime.Commands;
using Pier.Runtime.Compile;

namespace Pier.UnitTests.Runtime;

/// <summary>Whole programs as text: what a container start really does, for review.</summary>
public class ProgramGoldenTests
{
    static readonly HostFacts Legacy = new()
    {
        Cgroups = new CgroupLayout(
            false,
            [
                new("/sys/fs/cgroup/cpu,cpuacct", ["cpu", "cpuacct"], null, false),
                new("/sys/fs/cgroup/memory", ["memory"], null, false),
                new("/sys/fs/cgroup/systemd", [], "systemd", false),
                new("/sys/fs/cgroup/unified", [], null, true),
            ]
        ),
        LastCapability = 40,
        BoundingSet = 0x1ffffffffff & ~(1UL << Capability.SysResource),
    };

    static readonly HostFacts Unified = Legacy with
    {
        Cgroups = new CgroupLayout(true, [new("/sys/fs/cgroup", ["cpu", "memory"], null, true)]),
    };

    static readonly string[] DockerCapabilities =
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

    static readonly LaunchFacts Facts = new()
    {
        Key = "container",
        Cgroups = ["cpu-cpuacct", "memory"],
        JoinedNamespaces = ["network"],
        OwnStdio = 6,
    };

    static readonly SeccompProgram Filter = new(0, Convert.FromHexString("06000000" + "0000ff7f"));

    /// <summary>As Docker's engine asks for an ordinary container.</summary>
    static Spec Docker(bool tty = false, string network = "/var/run/netns/x")
    {
        var spec = BundleTemplate.Default();
        return spec with
        {
            Hostname = "host1",
            Root = new Root { Path = "rootfs" },
            Process = spec.Process! with
            {
                Terminal = tty,
                Args = ["/bin/sh", "-c", "true"],
                NoNewPrivileges = false,
                Rlimits = null,
                OomScoreAdj = 0,
                Capabilities = new CapabilitySets
                {
                    Bounding = DockerCapabilities,
                    Effective = DockerCapabilities,
                    Permitted = DockerCapabilities,
                },
            },
            Linux = spec.Linux! with
            {
                Resources = null,
                Namespaces =
                [
                    .. ((string[])["mount", "network", "uts", "pid", "ipc"]).Select(t => new LinuxNamespace
                    {
                        Type = t,
                        Path = t == "network" ? network : null,
                    }),
                ],
            },
        };
    }

    static void Check(string name, Spec spec, HostFacts host, LaunchFacts facts, SeccompProgram? seccomp = null)
    {
        var withCgroups = (spec.Mounts ?? [])
            .Select((m, i) => (m, i))
            .Where(p => p.m.Type == "cgroup" && spec.Linux!.Namespaces.All(n => n.Type != "cgroup"))
            .SelectMany(p =>
                host.Cgroups.Unified
                    ? [$"mount.{p.i}.unified"]
                    : host.Cgroups.Hierarchies.Where(h => !h.Unified).Select(h => $"mount.{p.i}.{h.DirectoryName}")
            );
        Check(name, SpecCompiler.Compile(spec, host, facts with { CgroupMounts = [.. withCgroups] }, seccomp, Architecture.X64));
    }

    static void Check(string name, LaunchProgram program)
    {
        using var text = new StringWriter { NewLine = "\n" };
        Disassembler.Write(program, text);
        Golden.Check($"runtime/{name}.program", text.ToString());
    }

    [Fact]
    public void Docker_default() => Check("docker-default", Docker(), Legacy, Facts, Filter);

    [Fact]
    public void Terminal_with_a_user() =>
        Check(
            "terminal",
            Docker(tty: true) is var spec
                ? spec with
                {
                    Process = spec.Process! with
                    {
                        User = new User
                        {
                            Uid = 1000,
                            Gid = 1000,
                            AdditionalGids = [1000, 27],
                        },
                        Args = ["vi"],
                        NoNewPrivileges = true,
                        Cwd = "/home/user",
                    },
                }
                : null!,
            Legacy,
            Facts with
            {
                Devpts = true,
                OwnStdio = 7,
            },
            Filter
        );

    [Fact]
    public void Own_network_namespace() => Check("own-network", Docker(network: ""), Legacy, Facts with { JoinedNamespaces = [] });

    [Fact]
    public void Host_network() =>
        Check(
            "host-network",
            Docker() is var spec
                ? spec with
                {
                    Linux = spec.Linux! with { Namespaces = [.. spec.Linux.Namespaces.Where(n => n.Type != "network")] },
                }
                : null!,
            Legacy,
            Facts with
            {
                JoinedNamespaces = [],
            }
        );

    [Fact]
    public void Read_only_with_binds_tmpfs_devices_and_sysctls() =>
        Check(
            "read-only",
            Docker() is var spec
                ? spec with
                {
                    Root = new Root { Path = "rootfs", Readonly = true },
                    Mounts =
                    [
                        .. spec.Mounts,
                        new Mount
                        {
                            Destination = "/data/sub",
                            Type = "bind",
                            Source = "/srv",
                            Options = ["rbind", "ro"],
                        },
                        new Mount
                        {
                            Destination = "/etc/hosts",
                            Type = "bind",
                            Source = "/hosts",
                            Options = ["rbind"],
                        },
                        new Mount
                        {
                            Destination = "/tmp",
                            Type = "tmpfs",
                            Source = "tmpfs",
                            Options = ["nosuid", "size=1m"],
                        },
                    ],
                    Linux = spec.Linux! with
                    {
                        Devices =
                        [
                            new LinuxDevice
                            {
                                Type = "c",
                                Path = "/dev/net/tun",
                                Major = 10,
                                Minor = 200,
                                FileMode = 0x180,
                                Gid = 5,
                            },
                        ],
                        Sysctl = new Dictionary<string, string> { ["net.ipv4.ip_forward"] = "1", ["kernel.shmmax"] = "65536" },
                        RootfsPropagation = "shared",
                    },
                }
                : null!,
            Legacy,
            Facts with
            {
                Mounts = new Dictionary<int, PreparedMount> { [7] = new(true), [8] = new(false) },
            }
        );

    [Fact]
    public void User_namespace() =>
        Check(
            "user-namespace",
            Docker() is var spec
                ? spec with
                {
                    Process = spec.Process! with
                    {
                        Rlimits =
                        [
                            new Rlimit
                            {
                                Type = "RLIMIT_NOFILE",
                                Soft = 1024,
                                Hard = 4096,
                            },
                        ],
                    },
                    Linux = spec.Linux! with
                    {
                        Namespaces = [.. spec.Linux.Namespaces, new LinuxNamespace { Type = "user" }],
                        UidMappings = [new IdMapping { HostID = 100000, Size = 65536 }],
                        GidMappings = [new IdMapping { HostID = 100000, Size = 65536 }],
                    },
                }
                : null!,
            Legacy,
            Facts with
            {
                JoinedNamespaces = ["network", "user"],
            }
        );

    [Fact]
    public void Privileged() =>
        Check(
            "privileged",
            Docker() is var spec
                ? spec with
                {
                    Process = spec.Process! with
                    {
                        Capabilities = new CapabilitySets
                        {
                            Bounding = [.. Capability.All],
                            Effective = [.. Capability.All],
                            Permitted = [.. Capability.All],
                        },
                    },
                    Linux = spec.Linux! with { MaskedPaths = null, ReadonlyPaths = null },
                }
                : null!,
            Legacy,
            Facts
        );

    [Fact]
    public void Joined_pid_namespace_and_ambient_capabilities() =>
        Check(
            "joined-namespaces",
            Docker() is var spec
                ? spec with
                {
                    Process = spec.Process! with
                    {
                        Capabilities = spec.Process.Capabilities! with { Inheritable = ["CAP_KILL"], Ambient = ["CAP_KILL"] },
                        Scheduler = new Scheduler { Policy = "SCHED_BATCH", Nice = 5 },
                        IoPriority = new IoPriority { Class = "IOPRIO_CLASS_BE", Priority = 4 },
                    },
                    Linux = spec.Linux! with { Personality = new LinuxPersonality { Domain = "LINUX32" } },
                }
                : null!,
            Legacy,
            Facts with
            {
                JoinedNamespaces = ["network", "ipc", "pid"],
            }
        );

    [Fact]
    public void Cgroup_v2_with_a_namespace() =>
        Check(
            "cgroup-v2",
            Docker() is var spec
                ? spec with
                {
                    Linux = spec.Linux! with { Namespaces = [.. spec.Linux.Namespaces, new LinuxNamespace { Type = "cgroup" }] },
                }
                : null!,
            Unified,
            Facts with
            {
                Cgroups = ["unified"],
            }
        );

    [Fact]
    public void Created_and_waiting_with_hooks() =>
        Check(
            "waiting",
            Docker(),
            Legacy,
            Facts with
            {
                JoinedNamespaces = [],
                InheritedNamespaces = ["network"],
                WaitsForHooks = true,
                WaitsForStart = true,
                PreservedFds = 2,
            },
            Filter
        );

    [Fact]
    public void Exec() =>
        Check(
            "exec",
            ExecCompiler.Compile(
                Docker().Process! with
                {
                    Args = ["ls", "-l"],
                    User = new User { Uid = 7, Gid = 8 },
                },
                Legacy,
                new ExecFacts
                {
                    Key = "exec1",
                    Cgroups = ["memory"],
                    OwnStdio = 6,
                    Namespaces = CloneFlags.NewMount | CloneFlags.NewPid | CloneFlags.NewNetwork | CloneFlags.NewIpc | CloneFlags.NewUts,
                },
                Filter,
                Architecture.X64
            )
        );
}
