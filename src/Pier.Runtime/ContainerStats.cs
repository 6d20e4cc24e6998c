namespace Pier.Runtime;

/// <summary>Counters of a control group, as the kernel gives them; zero where a controller is missing.</summary>
public sealed record ContainerStats
{
    public DateTimeOffset Read { get; init; }
    public CpuStats Cpu { get; init; } = new();
    public MemoryStats Memory { get; init; } = new();
    public long PidsCurrent { get; init; }

    /// <summary>0 when there is no limit.</summary>
    public long PidsLimit { get; init; }
    public IReadOnlyList<BlockIoEntry> IoServiceBytes { get; init; } = [];
    public IReadOnlyList<BlockIoEntry> IoServiced { get; init; } = [];
}

/// <summary>Times in nanoseconds.</summary>
public sealed record CpuStats
{
    public ulong TotalUsage { get; init; }
    public ulong UserUsage { get; init; }
    public ulong KernelUsage { get; init; }

    /// <summary>Usage by processor (cgroup v1 only).</summary>
    public IReadOnlyList<ulong> PerCpuUsage { get; init; } = [];
    public ulong ThrottlingPeriods { get; init; }
    public ulong ThrottledPeriods { get; init; }
    public ulong ThrottledTime { get; init; }
}

/// <summary>Bytes; <see cref="Detail"/> is memory.stat as it stands.</summary>
public sealed record MemoryStats
{
    public ulong Usage { get; init; }

    /// <summary>Greatest usage so far; 0 where the kernel does not say.</summary>
    public ulong MaxUsage { get; init; }

    /// <summary>ulong.MaxValue when there is no limit.</summary>
    public ulong Limit { get; init; }
    public ulong FailCount { get; init; }
    public IReadOnlyDictionary<string, ulong> Detail { get; init; } = new Dictionary<string, ulong>();
}

/// <summary>One row of a blkio file; Op is "Read", "Write", ...</summary>
public sealed record BlockIoEntry(long Major, long Minor, string Op, ulong Value);
