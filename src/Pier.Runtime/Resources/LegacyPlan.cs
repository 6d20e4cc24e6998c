using System.Globalization;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Resources;

/// <summary>
/// Limits as writes to cgroup v1 files (kernel documentation, admin-guide/cgroup-v1). Zero and null leave a value as it is.
/// </summary>
public static class LegacyPlan
{
    public static IReadOnlyList<CgroupWrite> Of(LinuxResources resources)
    {
        var writes = new List<CgroupWrite>();
        if (resources.Memory is { } memory)
            Memory(writes, memory);
        if (resources.Cpu is { } cpu)
            Cpu(writes, cpu);
        if (resources.Pids?.Limit is { } pids && pids != 0)
            writes.Add(new("pids", "pids.max", pids < 0 ? "max" : Text(pids), "linux.resources.pids.limit"));
        if (resources.BlockIO is { } io)
            BlockIo(writes, io);
        foreach (var huge in resources.HugepageLimits ?? [])
            writes.Add(
                new(
                    "hugetlb",
                    $"hugetlb.{PageSize(huge.PageSize)}.limit_in_bytes",
                    Text(huge.Limit),
                    $"linux.resources.hugepageLimits {huge.PageSize}"
                )
            );
        if (resources.Unified is { Count: > 0 })
            throw new InvalidParameterException("linux.resources.unified: this host uses cgroup v1");
        return writes;
    }

    static void Memory(List<CgroupWrite> writes, MemoryLimits memory)
    {
        const string path = "linux.resources.memory";
        if (memory.Limit is { } limit and not 0)
        {
            writes.Add(new("memory", "memory.limit_in_bytes", Text(limit), $"{path}.limit"));
            // With memory unlimited, memory plus swap cannot stay limited.
            if (limit == -1 && memory.Swap is null or 0)
                writes.Add(new("memory", "memory.memsw.limit_in_bytes", "-1", $"{path}.limit"));
        }
        if (memory.Swap is { } swap and not 0)
            writes.Add(new("memory", "memory.memsw.limit_in_bytes", Text(swap), $"{path}.swap"));
        if (memory.Reservation is { } reservation and not 0)
            writes.Add(new("memory", "memory.soft_limit_in_bytes", Text(reservation), $"{path}.reservation"));
        if (memory.KernelTCP is { } tcp and not 0)
            writes.Add(new("memory", "memory.kmem.tcp.limit_in_bytes", Text(tcp), $"{path}.kernelTCP"));
        if (memory.DisableOOMKiller == true)
            writes.Add(new("memory", "memory.oom_control", "1", $"{path}.disableOOMKiller"));
        if (memory.Swappiness is not { } swappiness || swappiness == ulong.MaxValue)
            return;
        if (swappiness > 100)
            throw new InvalidParameterException($"{path}.swappiness: {swappiness} is not between 0 and 100");
        writes.Add(new("memory", "memory.swappiness", Text(swappiness), $"{path}.swappiness"));
    }

    static void Cpu(List<CgroupWrite> writes, CpuLimits cpu)
    {
        const string path = "linux.resources.cpu";
        if (cpu.Shares is { } shares and not 0)
            writes.Add(new("cpu", "cpu.shares", Text(shares), $"{path}.shares"));
        if (cpu.Idle is { } idle)
            writes.Add(new("cpu", "cpu.idle", Text(idle), $"{path}.idle"));
        if (cpu.RealtimePeriod is { } rtPeriod and not 0)
            writes.Add(new("cpu", "cpu.rt_period_us", Text(rtPeriod), $"{path}.realtimePeriod"));
        if (cpu.RealtimeRuntime is { } rtRuntime and not 0)
            writes.Add(new("cpu", "cpu.rt_runtime_us", Text(rtRuntime), $"{path}.realtimeRuntime"));
        if (cpu.Period is { } period and not 0)
            writes.Add(new("cpu", "cpu.cfs_period_us", Text(period), $"{path}.period"));
        if (cpu.Quota is { } quota and not 0)
            writes.Add(new("cpu", "cpu.cfs_quota_us", Text(quota), $"{path}.quota"));
        if (cpu.Burst is { } burst)
            writes.Add(new("cpu", "cpu.cfs_burst_us", Text(burst), $"{path}.burst"));
        if (cpu.Cpus is { Length: > 0 } cpus)
            writes.Add(new("cpuset", "cpuset.cpus", cpus, $"{path}.cpus"));
        if (cpu.Mems is { Length: > 0 } mems)
            writes.Add(new("cpuset", "cpuset.mems", mems, $"{path}.mems"));
    }

    static void BlockIo(List<CgroupWrite> writes, BlockIoLimits io)
    {
        const string path = "linux.resources.blockIO";
        if (io.Weight is { } weight and not 0)
            writes.Add(new("blkio", "blkio.bfq.weight|blkio.weight", Text(weight), $"{path}.weight"));
        if (io.LeafWeight is { } leaf and not 0)
            writes.Add(new("blkio", "blkio.leaf_weight", Text(leaf), $"{path}.leafWeight"));
        foreach (var device in io.WeightDevice ?? [])
            if (device.Weight is { } own and not 0)
                writes.Add(
                    new(
                        "blkio",
                        "blkio.bfq.weight_device|blkio.weight_device",
                        $"{device.Major}:{device.Minor} {own}",
                        $"{path}.weightDevice"
                    )
                );
        Throttle(writes, io.ThrottleReadBpsDevice, "blkio.throttle.read_bps_device", $"{path}.throttleReadBpsDevice");
        Throttle(writes, io.ThrottleWriteBpsDevice, "blkio.throttle.write_bps_device", $"{path}.throttleWriteBpsDevice");
        Throttle(writes, io.ThrottleReadIOPSDevice, "blkio.throttle.read_iops_device", $"{path}.throttleReadIOPSDevice");
        Throttle(writes, io.ThrottleWriteIOPSDevice, "blkio.throttle.write_iops_device", $"{path}.throttleWriteIOPSDevice");
    }

    static void Throttle(List<CgroupWrite> writes, IReadOnlyList<BlockIoThrottle>? devices, string file, string path)
    {
        foreach (var device in devices ?? [])
            writes.Add(new("blkio", file, $"{device.Major}:{device.Minor} {device.Rate}", path));
    }

    /// <summary>A page size becomes part of a file name: "2MB", "1GB", "64KB".</summary>
    internal static string PageSize(string text) =>
        text.Length is > 2 and < 16 && text.EndsWith('B') && text[..^2].All(char.IsAsciiDigit) && text[^2] is 'K' or 'M' or 'G'
            ? text
            : throw new InvalidParameterException($"linux.resources.hugepageLimits: invalid page size \"{text}\"");

    static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
