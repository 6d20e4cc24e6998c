using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Engine.Specs;

/// <summary>Limits and devices of a spec from Docker's HostConfig.</summary>
static class SpecResources
{
    const long CpuPeriod = 100_000;

    public static LinuxResources Build(HostConfig host, SpecFacts facts) =>
        new()
        {
            Devices = DeviceRules(host, facts),
            Memory = Memory(host),
            Cpu = Cpu(host),
            Pids = host.PidsLimit is { } pids and not 0 ? new PidsLimit { Limit = pids } : null,
            BlockIO = BlockIO(host, facts),
        };

    /// <summary>An update's part of the limits: null for whatever it left as it is.</summary>
    public static LinuxResources Limits(HostConfig asked, HostConfig merged) =>
        new()
        {
            // Memory and swap are written in an order that depends on both, so both are given.
            Memory = asked is { Memory: 0, MemorySwap: 0, MemoryReservation: 0 }
                ? null
                : new MemoryLimits
                {
                    Limit = Set(merged.Memory),
                    Swap = Set(merged is { Memory: > 0, MemorySwap: 0 } ? merged.Memory * 2 : merged.MemorySwap),
                    Reservation = Set(asked.MemoryReservation),
                },
            Cpu = Cpu(asked),
            Pids = asked.PidsLimit is { } pids ? new PidsLimit { Limit = pids } : null,
            BlockIO = asked.BlkioWeight > 0 ? new BlockIoLimits { Weight = asked.BlkioWeight } : null,
        };

    /// <summary>Device nodes beyond the standard ones.</summary>
    public static IReadOnlyList<LinuxDevice> Devices(HostConfig host, SpecFacts facts)
    {
        if (host.Privileged)
            return [.. facts.Devices.Values];
        return
        [
            .. (host.Devices ?? []).Select(d =>
                Find(facts, d.PathOnHost) with
                {
                    Path = d.PathInContainer.Length > 0 ? d.PathInContainer : d.PathOnHost,
                }
            ),
        ];
    }

    static List<DeviceRule> DeviceRules(HostConfig host, SpecFacts facts)
    {
        if (host.Privileged)
            return [new DeviceRule { Allow = true, Access = "rwm" }];
        static DeviceRule Allow(string type, long? major, long? minor, string access) =>
            new()
            {
                Allow = true,
                Type = type,
                Major = major,
                Minor = minor,
                Access = access,
            };
        var rules = new List<DeviceRule>
        {
            new() { Allow = false, Access = "rwm" },
            // Nodes may be made (not opened): tar archives hold them.
            Allow("c", null, null, "m"),
            Allow("b", null, null, "m"),
            Allow("c", 1, 3, "rwm"),
            Allow("c", 1, 5, "rwm"),
            Allow("c", 1, 7, "rwm"),
            Allow("c", 1, 8, "rwm"),
            Allow("c", 1, 9, "rwm"),
            Allow("c", 5, 0, "rwm"),
            Allow("c", 5, 1, "rwm"),
            Allow("c", 5, 2, "rwm"),
            Allow("c", 136, null, "rwm"),
        };
        foreach (var device in host.Devices ?? [])
        {
            var node = Find(facts, device.PathOnHost);
            rules.Add(
                Allow(
                    node.Type == "u" ? "c" : node.Type,
                    node.Major,
                    node.Minor,
                    device.CgroupPermissions.Length > 0 ? device.CgroupPermissions : "rwm"
                )
            );
        }
        foreach (var rule in host.DeviceCgroupRules ?? [])
            rules.Add(ParseRule(rule));
        return rules;
    }

    /// <summary>"c 1:3 rwm" with "*" for any number, as devices.allow takes it.</summary>
    public static DeviceRule ParseRule(string rule)
    {
        var words = rule.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = words.Length == 3 ? words[1].Split(':') : [];
        if (
            numbers.Length != 2
            || words[0] is not ("a" or "b" or "c")
            || words[2].AsSpan().ContainsAnyExcept("rwm")
            || !Number(numbers[0], out var major)
            || !Number(numbers[1], out var minor)
        )
            throw new InvalidParameterException($"invalid device cgroup rule format: '{rule}'");
        return new DeviceRule
        {
            Allow = true,
            Type = words[0],
            Major = major,
            Minor = minor,
            Access = words[2],
        };

        static bool Number(string text, out long? value)
        {
            value = long.TryParse(text, out var parsed) && parsed >= 0 ? parsed : null;
            return value is not null || text == "*";
        }
    }

    static LinuxDevice Find(SpecFacts facts, string path) =>
        facts.Devices.TryGetValue(path, out var device)
            ? device
            : throw new InvalidParameterException(
                $"error gathering device information while adding custom device \"{path}\": no such file or directory"
            );

    static MemoryLimits? Memory(HostConfig host)
    {
        if (
            host is
            {
                Memory: 0,
                MemoryReservation: 0,
                MemorySwap: 0,
                MemorySwappiness: null or -1,
                OomKillDisable: null or false,
                KernelMemoryTCP: 0
            }
        )
            return null;
        // Docker: memory alone means as much swap again.
        var swap = host is { Memory: > 0, MemorySwap: 0 } ? host.Memory * 2 : host.MemorySwap;
        return new MemoryLimits
        {
            Limit = Set(host.Memory),
            Reservation = Set(host.MemoryReservation),
            Swap = Set(swap),
            KernelTCP = Set(host.KernelMemoryTCP),
            Swappiness = host.MemorySwappiness is { } swappiness and >= 0 ? (ulong)swappiness : null,
            DisableOOMKiller = host.OomKillDisable == true ? true : null,
        };
    }

    static CpuLimits? Cpu(HostConfig host)
    {
        if (
            host is
            {
                CpuShares: 0,
                NanoCpus: 0,
                CpuPeriod: 0,
                CpuQuota: 0,
                CpusetCpus: "",
                CpusetMems: "",
                CpuRealtimePeriod: 0,
                CpuRealtimeRuntime: 0
            }
        )
            return null;
        var cpus = host.NanoCpus > 0;
        return new CpuLimits
        {
            Shares = host.CpuShares > 0 ? (ulong)host.CpuShares : null,
            Period =
                cpus ? (ulong)CpuPeriod
                : host.CpuPeriod > 0 ? (ulong)host.CpuPeriod
                : null,
            Quota = cpus ? host.NanoCpus * CpuPeriod / 1_000_000_000 : Set(host.CpuQuota),
            RealtimePeriod = host.CpuRealtimePeriod > 0 ? (ulong)host.CpuRealtimePeriod : null,
            RealtimeRuntime = Set(host.CpuRealtimeRuntime),
            Cpus = host.CpusetCpus.Length > 0 ? host.CpusetCpus : null,
            Mems = host.CpusetMems.Length > 0 ? host.CpusetMems : null,
        };
    }

    static BlockIoLimits? BlockIO(HostConfig host, SpecFacts facts)
    {
        if (
            host is
            {
                BlkioWeight: 0,
                BlkioWeightDevice: null or [],
                BlkioDeviceReadBps: null or [],
                BlkioDeviceWriteBps: null or [],
                BlkioDeviceReadIOps: null or [],
                BlkioDeviceWriteIOps: null or []
            }
        )
            return null;
        BlockIoThrottle[]? Throttle(ThrottleDevice[]? devices) =>
            devices is null or []
                ? null
                :
                [
                    .. devices.Select(d =>
                    {
                        var node = Find(facts, d.Path);
                        return new BlockIoThrottle
                        {
                            Major = node.Major,
                            Minor = node.Minor,
                            Rate = d.Rate,
                        };
                    }),
                ];
        return new BlockIoLimits
        {
            Weight = host.BlkioWeight > 0 ? host.BlkioWeight : null,
            WeightDevice = host.BlkioWeightDevice is null or []
                ? null
                :
                [
                    .. host.BlkioWeightDevice.Select(d =>
                    {
                        var node = Find(facts, d.Path);
                        return new BlockIoWeight
                        {
                            Major = node.Major,
                            Minor = node.Minor,
                            Weight = d.Weight,
                        };
                    }),
                ],
            ThrottleReadBpsDevice = Throttle(host.BlkioDeviceReadBps),
            ThrottleWriteBpsDevice = Throttle(host.BlkioDeviceWriteBps),
            ThrottleReadIOPSDevice = Throttle(host.BlkioDeviceReadIOps),
            ThrottleWriteIOPSDevice = Throttle(host.BlkioDeviceWriteIOps),
        };
    }

    static long? Set(long value) => value == 0 ? null : value;
}
