using Pier.Linux.Cgroups;

namespace Pier.Runtime.Resources;

/// <summary>
/// Which limits the kernel's control groups can put into force here; what is missing, an engine says instead of writing it.
/// </summary>
public sealed record LimitSupport
{
    public bool Memory { get; init; }
    public bool Swap { get; init; }
    public bool MemoryReservation { get; init; }
    public bool Swappiness { get; init; }
    public bool OomKillDisable { get; init; }
    public bool KernelMemoryTcp { get; init; }
    public bool Pids { get; init; }
    public bool CpuShares { get; init; }
    public bool CpuQuota { get; init; }
    public bool CpuRealtime { get; init; }
    public bool BlockWeight { get; init; }
    public bool BlockWeightDevice { get; init; }
    public bool BlockThrottle { get; init; }

    /// <summary>The processors and memory nodes that groups may be bound to, "0-3,8"; empty without the cpuset controller.</summary>
    public string Cpus { get; init; } = "";
    public string MemoryNodes { get; init; } = "";

    /// <summary>Everything, as on a host that lacks nothing.</summary>
    public static LimitSupport Full(string cpus, string memoryNodes) =>
        new()
        {
            Memory = true,
            Swap = true,
            MemoryReservation = true,
            Swappiness = true,
            OomKillDisable = true,
            KernelMemoryTcp = true,
            Pids = true,
            CpuShares = true,
            CpuQuota = true,
            CpuRealtime = true,
            BlockWeight = true,
            BlockWeightDevice = true,
            BlockThrottle = true,
            Cpus = cpus,
            MemoryNodes = memoryNodes,
        };

    /// <summary>
    /// What a layout offers. On v1 a controller's root group has the files of its limits; on v2 the root group has none of them and the
    /// list of controllers decides. <paramref name="read"/> gives a file's trimmed text, or null when it is not there.
    /// </summary>
    public static LimitSupport Of(CgroupLayout layout, Func<string, string?> read) =>
        layout.Unified ? Unified(layout, read) : Legacy(layout, read);

    static LimitSupport Legacy(CgroupLayout layout, Func<string, string?> read)
    {
        string? Text(string controller, string file) =>
            layout.WithController(controller) is { } hierarchy ? read(Path.Combine(hierarchy.MountPoint, file)) : null;
        bool Has(string controller, string file) => Text(controller, file) is not null;
        return new LimitSupport
        {
            Memory = Has("memory", "memory.limit_in_bytes"),
            Swap = Has("memory", "memory.memsw.limit_in_bytes"),
            MemoryReservation = Has("memory", "memory.soft_limit_in_bytes"),
            Swappiness = Has("memory", "memory.swappiness"),
            OomKillDisable = Has("memory", "memory.oom_control"),
            KernelMemoryTcp = Has("memory", "memory.kmem.tcp.limit_in_bytes"),
            // The root group has no pids.max.
            Pids = layout.WithController("pids") is not null,
            CpuShares = Has("cpu", "cpu.shares"),
            CpuQuota = Has("cpu", "cpu.cfs_quota_us"),
            CpuRealtime = Has("cpu", "cpu.rt_runtime_us"),
            BlockWeight = Has("blkio", "blkio.weight") || Has("blkio", "blkio.bfq.weight"),
            BlockWeightDevice = Has("blkio", "blkio.weight_device") || Has("blkio", "blkio.bfq.weight_device"),
            BlockThrottle = Has("blkio", "blkio.throttle.read_bps_device"),
            Cpus = Text("cpuset", "cpuset.cpus") ?? "",
            MemoryNodes = Text("cpuset", "cpuset.mems") ?? "",
        };
    }

    static LimitSupport Unified(CgroupLayout layout, Func<string, string?> read)
    {
        var hierarchy = layout.UnifiedHierarchy;
        var controllers = hierarchy?.Controllers ?? [];
        bool memory = controllers.Contains("memory"),
            cpu = controllers.Contains("cpu"),
            io = controllers.Contains("io"),
            cpuset = controllers.Contains("cpuset");
        string Set(string file) => cpuset ? read(Path.Combine(hierarchy!.MountPoint, file)) ?? "" : "";
        return new LimitSupport
        {
            Memory = memory,
            Swap = memory,
            MemoryReservation = memory,
            Pids = controllers.Contains("pids"),
            CpuShares = cpu,
            CpuQuota = cpu,
            BlockWeight = io,
            BlockWeightDevice = io && Directory.Exists("/sys/module/bfq"),
            BlockThrottle = io,
            Cpus = Set("cpuset.cpus.effective"),
            MemoryNodes = Set("cpuset.mems.effective"),
        };
    }
}
