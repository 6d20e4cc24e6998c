using System.Text.Json;
using Pier.Engine.Containers;
using Pier.Engine.Mounts;
using Pier.Engine.Specs;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.UnitTests.Engine;

public class SpecBuilderGoldenTests
{
    static readonly SpecFacts Facts = new()
    {
        User = new User { Uid = 0, Gid = 0 },
        Hostname = "box",
        HostnameFile = "/data/hostname",
        HostsFile = "/data/hosts",
        ResolvConfFile = "/data/resolv.conf",
        Capabilities = ["CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"],
        CgroupV2 = false,
        Devices = new Dictionary<string, LinuxDevice>
        {
            ["/dev/fuse"] = new()
            {
                Type = "c",
                Path = "/dev/fuse",
                Major = 10,
                Minor = 229,
                FileMode = 0x1b6,
            },
        },
    };

    static ContainerRecord Record(ContainerConfig config, HostConfig host)
    {
        var applied = HostConfigRules.Apply(host, new Pier.Engine.EngineOptions(), 2);
        return new ContainerRecord
        {
            Id = new string('a', 64),
            Name = "box",
            Created = DateTimeOffset.UnixEpoch,
            Config = config,
            HostConfig = applied,
            ImageId = "sha256:" + new string('b', 64),
            Driver = "overlay",
            Path = "/bin/sh",
            Args = ["-c", "true"],
            Mounts = [.. MountPlanner.Plan(applied, config, _ => throw new InvalidOperationException()).Select(p => p.Point)],
        };
    }

    public static TheoryData<string> Cases => ["default", "limits", "privileged", "namespaces", "mounts", "process"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Golden_specs(string name)
    {
        var (config, host, facts) = name switch
        {
            "limits" => (
                new ContainerConfig(),
                new HostConfig
                {
                    Memory = 64 << 20,
                    NanoCpus = 1_500_000_000,
                    PidsLimit = 50,
                    CpuShares = 512,
                    CpusetCpus = "0",
                    BlkioWeight = 100,
                    MemoryReservation = 32 << 20,
                    OomScoreAdj = 5,
                    Ulimits =
                    [
                        new Ulimit
                        {
                            Name = "nofile",
                            Soft = 10,
                            Hard = 20,
                        },
                    ],
                },
                Facts
            ),
            "privileged" => (new(), new() { Privileged = true }, Facts),
            "namespaces" => (
                new(),
                new()
                {
                    NetworkMode = "host",
                    PidMode = "host",
                    IpcMode = "host",
                    UTSMode = "host",
                    CgroupnsMode = "private",
                },
                Facts
            ),
            "mounts" => (
                new(),
                new()
                {
                    Binds = ["/src:/data/deep:ro", "/shared:/data:rshared", "/own/hosts:/etc/hosts"],
                    Tmpfs = new() { ["/run"] = "size=1m" },
                    ReadonlyRootfs = true,
                    ShmSize = 1 << 20,
                    Devices =
                    [
                        new DeviceMapping
                        {
                            PathOnHost = "/dev/fuse",
                            PathInContainer = "/dev/fuse",
                            CgroupPermissions = "r",
                        },
                    ],
                },
                Facts with
                {
                    InitFile = "/data/init",
                }
            ),
            "process" => (
                new()
                {
                    Tty = true,
                    Env = ["A=1", "HOSTNAME=other", "TERM"],
                    WorkingDir = "/srv",
                    Domainname = "example.org",
                },
                new()
                {
                    CapAdd = ["NET_ADMIN"],
                    CapDrop = ["CHOWN"],
                    SecurityOpt = ["no-new-privileges"],
                    ConsoleSize = [24, 80],
                },
                Facts with
                {
                    User = new User
                    {
                        Uid = 1000,
                        Gid = 100,
                        AdditionalGids = [5],
                    },
                    Rows = 24,
                    Columns = 80,
                    CgroupV2 = true,
                }
            ),
            _ => (new ContainerConfig(), new HostConfig(), Facts),
        };
        var spec = SpecBuilder.Build(Record(config, host), facts, seccomp: null);
        var options = new JsonSerializerOptions(RuntimeJson.Default.Options) { WriteIndented = true };
        Golden.Check($"engine/spec-{name}.json", JsonSerializer.Serialize(spec, options.GetTypeInfo(typeof(Spec))) + "\n");
    }
}
