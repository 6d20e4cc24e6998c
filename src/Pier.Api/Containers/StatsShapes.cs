using Pier.Contracts;
using Pier.Engine.Stats;

namespace Pier.Api.Containers;

/// <summary>Samples as the API's clients see them.</summary>
static class StatsShapes
{
    public static ContainerStatsResponse Of(StatsPair pair)
    {
        var (now, before) = pair;
        var response = new ContainerStatsResponse { Name = "/" + now.Name, Id = now.Id };
        if (now.Group is not { } group)
            return response;
        return response with
        {
            Read = Timestamps.Format(group.Read),
            PreRead = Timestamps.Format(before?.Group?.Read),
            Pids = new PidsStatsSection
            {
                Current = group.Pids,
                // cgroup v2's "max" is the greatest number there is; v1's is left out.
                Limit =
                    group.PidsLimit > 0 ? group.PidsLimit
                    : now.CgroupV2 ? ulong.MaxValue
                    : 0,
            },
            Blkio = Blkio(group, now.CgroupV2),
            Cpu = Cpu(now),
            PreCpu = before is null ? new CpuStatsSection() : Cpu(before),
            Memory = Memory(group, now),
            Networks = now.Interfaces.Count == 0 ? null : now.Interfaces.ToDictionary(i => i.Name, Network),
        };
    }

    static CpuStatsSection Cpu(StatsSample sample)
    {
        if (sample.Group is not { } group)
            return new CpuStatsSection();
        return new CpuStatsSection
        {
            Usage = new CpuUsageSection
            {
                Total = group.CpuTotal,
                PerCpu = group.CpuByProcessor.Count == 0 ? null : group.CpuByProcessor,
                Kernel = group.CpuKernel,
                User = group.CpuUser,
            },
            SystemUsage = sample.Processors.TotalTime,
            OnlineCpus = (uint)sample.Processors.Online,
            Throttling = new ThrottlingSection
            {
                Periods = group.Periods,
                Throttled = group.ThrottledPeriods,
                Time = group.ThrottledTime,
            },
        };
    }

    static MemoryStatsSection Memory(GroupCounters group, StatsSample sample) =>
        new()
        {
            Usage = group.MemoryUsage,
            MaxUsage = sample.CgroupV2 ? 0 : group.MemoryMaximum,
            Stats = group.MemoryDetail.Count == 0 ? null : group.MemoryDetail,
            FailCount = group.MemoryFailCount,
            Limit = Math.Min(group.MemoryLimit, sample.HostMemory),
        };

    static BlkioStatsSection Blkio(GroupCounters group, bool cgroupV2)
    {
        var bytes = Entries(group.IoBytes);
        if (cgroupV2)
            return new BlkioStatsSection { ServiceBytes = bytes };
        return new BlkioStatsSection
        {
            ServiceBytes = bytes,
            Serviced = Entries(group.IoOperations),
            Queue = [],
            ServiceTime = [],
            WaitTime = [],
            Merged = [],
            Time = [],
            Sectors = [],
        };
    }

    static BlkioStatEntry[] Entries(IReadOnlyList<DeviceCounter> entries) =>
        [.. entries.Select(e => new BlkioStatEntry(e.Major, e.Minor, e.Op, e.Value))];

    static NetworkStatsSection Network(InterfaceCounters counters) =>
        new()
        {
            RxBytes = counters.RxBytes,
            RxPackets = counters.RxPackets,
            RxErrors = counters.RxErrors,
            RxDropped = counters.RxDropped,
            TxBytes = counters.TxBytes,
            TxPackets = counters.TxPackets,
            TxErrors = counters.TxErrors,
            TxDropped = counters.TxDropped,
        };
}
