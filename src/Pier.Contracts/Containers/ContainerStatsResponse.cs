using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>
/// GET /containers/{id}/stats: Docker Engine API "ContainerStatsResponse". Times of CPUs in nanoseconds, memory in bytes.
/// </summary>
public sealed record ContainerStatsResponse
{
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    [JsonPropertyName("read")]
    public string Read { get; init; } = Timestamps.Zero;

    [JsonPropertyName("preread")]
    public string PreRead { get; init; } = Timestamps.Zero;

    [JsonPropertyName("pids_stats")]
    public PidsStatsSection Pids { get; init; } = new();

    [JsonPropertyName("blkio_stats")]
    public BlkioStatsSection Blkio { get; init; } = new();

    [JsonPropertyName("num_procs")]
    public uint NumProcs { get; init; }

    [JsonPropertyName("storage_stats")]
    public EmptySection Storage { get; init; } = new();

    [JsonPropertyName("cpu_stats")]
    public CpuStatsSection Cpu { get; init; } = new();

    [JsonPropertyName("precpu_stats")]
    public CpuStatsSection PreCpu { get; init; } = new();

    [JsonPropertyName("memory_stats")]
    public MemoryStatsSection Memory { get; init; } = new();

    /// <summary>By interface; absent where there is none.</summary>
    [JsonPropertyName("networks"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, NetworkStatsSection>? Networks { get; init; }
}

/// <summary>A section that only other systems fill.</summary>
public sealed record EmptySection;

/// <summary>Zero is left out, as in Docker: no processes, no limit.</summary>
public sealed record PidsStatsSection
{
    [JsonPropertyName("current"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Current { get; init; }

    [JsonPropertyName("limit"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Limit { get; init; }
}

/// <summary>On cgroup v2 everything but the bytes is null.</summary>
public sealed record BlkioStatsSection
{
    [JsonPropertyName("io_service_bytes_recursive")]
    public IReadOnlyList<BlkioStatEntry>? ServiceBytes { get; init; }

    [JsonPropertyName("io_serviced_recursive")]
    public IReadOnlyList<BlkioStatEntry>? Serviced { get; init; }

    [JsonPropertyName("io_queue_recursive")]
    public IReadOnlyList<BlkioStatEntry>? Queue { get; init; }

    [JsonPropertyName("io_service_time_recursive")]
    public IReadOnlyList<BlkioStatEntry>? ServiceTime { get; init; }

    [JsonPropertyName("io_wait_time_recursive")]
    public IReadOnlyList<BlkioStatEntry>? WaitTime { get; init; }

    [JsonPropertyName("io_merged_recursive")]
    public IReadOnlyList<BlkioStatEntry>? Merged { get; init; }

    [JsonPropertyName("io_time_recursive")]
    public IReadOnlyList<BlkioStatEntry>? Time { get; init; }

    [JsonPropertyName("sectors_recursive")]
    public IReadOnlyList<BlkioStatEntry>? Sectors { get; init; }
}

/// <summary>A device's counter.</summary>
public sealed record BlkioStatEntry(
    [property: JsonPropertyName("major")] long Major,
    [property: JsonPropertyName("minor")] long Minor,
    [property: JsonPropertyName("op")] string Op,
    [property: JsonPropertyName("value")] ulong Value
);

/// <summary>The container's and the host's processor time.</summary>
public sealed record CpuStatsSection
{
    [JsonPropertyName("cpu_usage")]
    public CpuUsageSection Usage { get; init; } = new();

    [JsonPropertyName("system_cpu_usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong SystemUsage { get; init; }

    [JsonPropertyName("online_cpus"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint OnlineCpus { get; init; }

    [JsonPropertyName("throttling_data")]
    public ThrottlingSection Throttling { get; init; } = new();
}

/// <summary>Usage by processor exists on cgroup v1 only.</summary>
public sealed record CpuUsageSection
{
    [JsonPropertyName("total_usage")]
    public ulong Total { get; init; }

    [JsonPropertyName("percpu_usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ulong>? PerCpu { get; init; }

    [JsonPropertyName("usage_in_kernelmode")]
    public ulong Kernel { get; init; }

    [JsonPropertyName("usage_in_usermode")]
    public ulong User { get; init; }
}

/// <summary>Periods of the CPU quota.</summary>
public sealed record ThrottlingSection
{
    [JsonPropertyName("periods")]
    public ulong Periods { get; init; }

    [JsonPropertyName("throttled_periods")]
    public ulong Throttled { get; init; }

    [JsonPropertyName("throttled_time")]
    public ulong Time { get; init; }
}

/// <summary>Stats is memory.stat as the kernel writes it.</summary>
public sealed record MemoryStatsSection
{
    [JsonPropertyName("usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Usage { get; init; }

    [JsonPropertyName("max_usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong MaxUsage { get; init; }

    [JsonPropertyName("stats"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, ulong>? Stats { get; init; }

    [JsonPropertyName("failcnt"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong FailCount { get; init; }

    [JsonPropertyName("limit"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Limit { get; init; }
}

/// <summary>An interface's counters.</summary>
public sealed record NetworkStatsSection
{
    [JsonPropertyName("rx_bytes")]
    public ulong RxBytes { get; init; }

    [JsonPropertyName("rx_packets")]
    public ulong RxPackets { get; init; }

    [JsonPropertyName("rx_errors")]
    public ulong RxErrors { get; init; }

    [JsonPropertyName("rx_dropped")]
    public ulong RxDropped { get; init; }

    [JsonPropertyName("tx_bytes")]
    public ulong TxBytes { get; init; }

    [JsonPropertyName("tx_packets")]
    public ulong TxPackets { get; init; }

    [JsonPropertyName("tx_errors")]
    public ulong TxErrors { get; init; }

    [JsonPropertyName("tx_dropped")]
    public ulong TxDropped { get; init; }
}
