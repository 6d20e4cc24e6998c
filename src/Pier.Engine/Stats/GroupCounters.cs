using Pier.Runtime;

namespace Pier.Engine.Stats;

/// <summary>
/// The counters of a container's control group: times in nanoseconds, memory in bytes; zero where a controller is missing.
/// </summary>
public sealed record GroupCounters
{
    public required DateTimeOffset Read { get; init; }
    public ulong CpuTotal { get; init; }
    public ulong CpuUser { get; init; }
    public ulong CpuKernel { get; init; }

    /// <summary>By processor (cgroup v1 only).</summary>
    public IReadOnlyList<ulong> CpuByProcessor { get; init; } = [];
    public ulong Periods { get; init; }
    public ulong ThrottledPeriods { get; init; }
    public ulong ThrottledTime { get; init; }

    public ulong MemoryUsage { get; init; }
    public ulong MemoryMaximum { get; init; }

    /// <summary>ulong.MaxValue when there is no limit.</summary>
    public ulong MemoryLimit { get; init; }
    public ulong MemoryFailCount { get; init; }

    /// <summary>memory.stat as it stands.</summary>
    public IReadOnlyDictionary<string, ulong> MemoryDetail { get; init; } = new Dictionary<string, ulong>();

    public ulong Pids { get; init; }

    /// <summary>0 when there is no limit.</summary>
    public ulong PidsLimit { get; init; }

    public IReadOnlyList<DeviceCounter> IoBytes { get; init; } = [];
    public IReadOnlyList<DeviceCounter> IoOperations { get; init; } = [];

    internal static GroupCounters Of(ContainerStats stats) =>
        new()
        {
            Read = stats.Read,
            CpuTotal = stats.Cpu.TotalUsage,
            CpuUser = stats.Cpu.UserUsage,
            CpuKernel = stats.Cpu.KernelUsage,
            CpuByProcessor = stats.Cpu.PerCpuUsage,
            Periods = stats.Cpu.ThrottlingPeriods,
            ThrottledPeriods = stats.Cpu.ThrottledPeriods,
            ThrottledTime = stats.Cpu.ThrottledTime,
            MemoryUsage = stats.Memory.Usage,
            MemoryMaximum = stats.Memory.MaxUsage,
            MemoryLimit = stats.Memory.Limit,
            MemoryFailCount = stats.Memory.FailCount,
            MemoryDetail = stats.Memory.Detail,
            Pids = (ulong)stats.PidsCurrent,
            PidsLimit = (ulong)stats.PidsLimit,
            IoBytes = [.. stats.IoServiceBytes.Select(e => new DeviceCounter(e.Major, e.Minor, e.Op, e.Value))],
            IoOperations = [.. stats.IoServiced.Select(e => new DeviceCounter(e.Major, e.Minor, e.Op, e.Value))],
        };
}

/// <summary>One kind of operation on one block device; Op is the kernel's word, "Read" (cgroup v1) or "read" (v2).</summary>
public sealed record DeviceCounter(long Major, long Minor, string Op, ulong Value);
