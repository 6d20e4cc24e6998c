namespace Pier.Model.Runtime;

/// <summary>Limits of a container's control group (config-linux.md, "Control groups"). Null means: leave as it is.</summary>
public sealed record LinuxResources
{
    public IReadOnlyList<DeviceRule>? Devices { get; init; }
    public MemoryLimits? Memory { get; init; }
    public CpuLimits? Cpu { get; init; }
    public PidsLimit? Pids { get; init; }
    public BlockIoLimits? BlockIO { get; init; }
    public IReadOnlyList<HugepageLimit>? HugepageLimits { get; init; }
    public IReadOnlyDictionary<string, string>? Unified { get; init; }
}

/// <summary>A rule of the device controller; type "a", "b" or "c", access a subset of "rwm", null numbers mean any.</summary>
public sealed record DeviceRule
{
    public bool Allow { get; init; }
    public string? Type { get; init; }
    public long? Major { get; init; }
    public long? Minor { get; init; }
    public string? Access { get; init; }
}

/// <summary>Bytes; -1 means no limit. <see cref="Swap"/> is memory plus swap, as in cgroup v1.</summary>
public sealed record MemoryLimits
{
    public long? Limit { get; init; }
    public long? Reservation { get; init; }
    public long? Swap { get; init; }
    public long? Kernel { get; init; }
    public long? KernelTCP { get; init; }
    public ulong? Swappiness { get; init; }
    public bool? DisableOOMKiller { get; init; }
    public bool? UseHierarchy { get; init; }
    public bool? CheckBeforeUpdate { get; init; }
}

/// <summary>Shares as in cgroup v1 (2 to 262144, 1024 is usual); quota, period, burst and the realtime values in microseconds.</summary>
public sealed record CpuLimits
{
    public ulong? Shares { get; init; }
    public long? Quota { get; init; }
    public ulong? Burst { get; init; }
    public ulong? Period { get; init; }
    public long? RealtimeRuntime { get; init; }
    public ulong? RealtimePeriod { get; init; }
    public string? Cpus { get; init; }
    public string? Mems { get; init; }
    public long? Idle { get; init; }
}

/// <summary>The greatest number of tasks; 0 or less means no limit.</summary>
public sealed record PidsLimit
{
    public long? Limit { get; init; }
}

/// <summary>Weights 10 to 1000; throttles in bytes or operations a second.</summary>
public sealed record BlockIoLimits
{
    public ushort? Weight { get; init; }
    public ushort? LeafWeight { get; init; }
    public IReadOnlyList<BlockIoWeight>? WeightDevice { get; init; }
    public IReadOnlyList<BlockIoThrottle>? ThrottleReadBpsDevice { get; init; }
    public IReadOnlyList<BlockIoThrottle>? ThrottleWriteBpsDevice { get; init; }
    public IReadOnlyList<BlockIoThrottle>? ThrottleReadIOPSDevice { get; init; }
    public IReadOnlyList<BlockIoThrottle>? ThrottleWriteIOPSDevice { get; init; }
}

public sealed record BlockIoWeight
{
    public long Major { get; init; }
    public long Minor { get; init; }
    public ushort? Weight { get; init; }
    public ushort? LeafWeight { get; init; }
}

public sealed record BlockIoThrottle
{
    public long Major { get; init; }
    public long Minor { get; init; }
    public ulong Rate { get; init; }
}

/// <summary>The page size as the kernel names it ("2MB"); the limit in bytes.</summary>
public sealed record HugepageLimit
{
    public string PageSize { get; init; } = "";
    public ulong Limit { get; init; }
}
