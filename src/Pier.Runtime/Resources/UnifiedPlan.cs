using System.Globalization;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Resources;

/// <summary>
/// Limits as writes to cgroup v2 files (kernel documentation, admin-guide/cgroup-v2). The spec speaks of v1: shares, weights and memory
/// plus swap are converted as runc does (docs "cgroup v2", conversion).
/// </summary>
public static class UnifiedPlan
{
    public static IReadOnlyList<CgroupWrite> Of(LinuxResources resources)
    {
        var writes = new List<CgroupWrite>();
        if (resources.Memory is { } memory)
            Memory(writes, memory);
        if (resources.Cpu is { } cpu)
            Cpu(writes, cpu);
        if (resources.Pids?.Limit is { } pids && pids != 0)
            writes.Add(new("pids", "pids.max", Maximum(pids), "linux.resources.pids.limit"));
        if (resources.BlockIO is { } io)
            BlockIo(writes, io);
        foreach (var huge in resources.HugepageLimits ?? [])
            writes.Add(
                new(
                    "hugetlb",
                    $"hugetlb.{LegacyPlan.PageSize(huge.PageSize)}.max",
                    Text(huge.Limit),
                    $"linux.resources.hugepageLimits {huge.PageSize}"
                )
            );
        foreach (var (file, value) in (resources.Unified ?? new Dictionary<string, string>()).OrderBy(u => u.Key, StringComparer.Ordinal))
            writes.Add(Raw(file, value));
        return writes;
    }

    static CgroupWrite Raw(string file, string value)
    {
        if (file.Contains('/') || !file.Contains('.') || file.StartsWith('.') || file.Any(char.IsControl))
            throw new InvalidParameterException($"linux.resources.unified: \"{file}\" is no file name of a control group");
        return new CgroupWrite(file[..file.IndexOf('.')], file, value, $"linux.resources.unified {file}");
    }

    static void Memory(List<CgroupWrite> writes, MemoryLimits memory)
    {
        const string path = "linux.resources.memory";
        var limit = memory.Limit ?? 0;
        if (memory.Swap is { } swap and not 0)
            writes.Add(new("memory", "memory.swap.max", Swap(swap, limit), $"{path}.swap"));
        else if (limit == -1)
            writes.Add(new("memory", "memory.swap.max", "max", $"{path}.limit"));
        if (limit != 0)
            writes.Add(new("memory", "memory.max", Maximum(limit), $"{path}.limit"));
        if (memory.Reservation is { } reservation and not 0)
            writes.Add(new("memory", "memory.low", Maximum(reservation), $"{path}.reservation"));
    }

    static string Swap(long memoryAndSwap, long memory)
    {
        if (memoryAndSwap == -1)
            return "max";
        if (memory <= 0)
            throw new InvalidParameterException("linux.resources.memory.swap: needs a memory limit");
        if (memoryAndSwap < memory)
            throw new InvalidParameterException("linux.resources.memory.swap: is less than the memory limit");
        return Text(memoryAndSwap - memory);
    }

    static void Cpu(List<CgroupWrite> writes, CpuLimits cpu)
    {
        const string path = "linux.resources.cpu";
        if (cpu.Idle is { } idle)
            writes.Add(new("cpu", "cpu.idle", Text(idle), $"{path}.idle"));
        if (cpu.Shares is { } shares and not 0 && cpu.Idle is not 1)
            writes.Add(new("cpu", "cpu.weight", Text(Weight(shares)), $"{path}.shares"));
        if (cpu.Quota is not null and not 0 || cpu.Period is not null and not 0)
        {
            var quota = cpu.Quota is { } q && q > 0 ? Text(q) : "max";
            writes.Add(
                new("cpu", "cpu.max", $"{quota} {cpu.Period switch { null or 0 => 100000, { } period => period }}", $"{path}.quota")
            );
        }
        if (cpu.Burst is { } burst)
            writes.Add(new("cpu", "cpu.max.burst", Text(burst), $"{path}.burst"));
        if (cpu.RealtimePeriod is not null and not 0 || cpu.RealtimeRuntime is not null and not 0)
            throw new InvalidParameterException($"{path}.realtimeRuntime: cgroup v2 has no realtime limits");
        if (cpu.Cpus is { Length: > 0 } cpus)
            writes.Add(new("cpuset", "cpuset.cpus", cpus, $"{path}.cpus"));
        if (cpu.Mems is { Length: > 0 } mems)
            writes.Add(new("cpuset", "cpuset.mems", mems, $"{path}.mems"));
    }

    /// <summary>[2, 262144] to [1, 10000], 1024 to 39.</summary>
    public static ulong Weight(ulong shares) => 1 + (Math.Clamp(shares, 2, 262144) - 2) * 9999 / 262142;

    static void BlockIo(List<CgroupWrite> writes, BlockIoLimits io)
    {
        const string path = "linux.resources.blockIO";
        if (io.Weight is { } weight and not 0)
        {
            // [10, 1000] of v1 to [1, 10000] of io.weight; BFQ's own file takes the v1 value.
            writes.Add(
                new(
                    "io",
                    "io.bfq.weight|io.weight",
                    $"{weight}|{1 + (ulong)(Math.Clamp(weight, (ushort)10, (ushort)1000) - 10) * 9999 / 990}",
                    $"{path}.weight"
                )
            );
        }
        foreach (var device in io.WeightDevice ?? [])
            if (device.Weight is { } own and not 0)
                writes.Add(new("io", "io.bfq.weight", $"{device.Major}:{device.Minor} {own}", $"{path}.weightDevice"));
        Throttle(writes, io.ThrottleReadBpsDevice, "rbps", $"{path}.throttleReadBpsDevice");
        Throttle(writes, io.ThrottleWriteBpsDevice, "wbps", $"{path}.throttleWriteBpsDevice");
        Throttle(writes, io.ThrottleReadIOPSDevice, "riops", $"{path}.throttleReadIOPSDevice");
        Throttle(writes, io.ThrottleWriteIOPSDevice, "wiops", $"{path}.throttleWriteIOPSDevice");
    }

    static void Throttle(List<CgroupWrite> writes, IReadOnlyList<BlockIoThrottle>? devices, string key, string path)
    {
        foreach (var device in devices ?? [])
            writes.Add(new("io", "io.max", $"{device.Major}:{device.Minor} {key}={(device.Rate == 0 ? "max" : Text(device.Rate))}", path));
    }

    static string Maximum(long value) => value < 0 ? "max" : Text(value);

    static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
