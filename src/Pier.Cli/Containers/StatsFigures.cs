using System.Text.Json;

namespace Pier.Cli.Containers;

/// <summary>What `stats` shows of one answer of the daemon. Memory is without the page cache that the kernel would give up first.</summary>
readonly record struct StatsFigures(
    string Name,
    string Id,
    double CpuPercent,
    ulong Memory,
    ulong MemoryLimit,
    double NetworkIn,
    double NetworkOut,
    ulong Read,
    ulong Written,
    ulong Pids
)
{
    public double MemoryPercent => MemoryLimit == 0 ? 0 : (double)Memory / MemoryLimit * 100;

    public static StatsFigures Of(JsonElement stats)
    {
        var memory = stats.At("memory_stats") ?? default;
        var (received, sent) = (0.0, 0.0);
        foreach (var network in stats.Entries("networks"))
        {
            received += Count(network.Value, "rx_bytes");
            sent += Count(network.Value, "tx_bytes");
        }
        var (read, written) = Blocks(stats);
        return new StatsFigures(
            stats.Text("name"),
            stats.Text("id"),
            Cpu(stats),
            WithoutCache(memory),
            Count(memory, "limit"),
            received,
            sent,
            read,
            written,
            Count(stats.At("pids_stats") ?? default, "current")
        );
    }

    /// <summary>The container's share of the host's time between the two samples, 100 for each processor.</summary>
    static double Cpu(JsonElement stats)
    {
        var (now, before) = (stats.At("cpu_stats") ?? default, stats.At("precpu_stats") ?? default);
        var (usage, usageBefore) = (now.At("cpu_usage") ?? default, before.At("cpu_usage") ?? default);
        var used = (double)Count(usage, "total_usage") - Count(usageBefore, "total_usage");
        var passed = (double)Count(now, "system_cpu_usage") - Count(before, "system_cpu_usage");
        double processors = Count(now, "online_cpus");
        if (processors == 0)
            processors = usage.Items("percpu_usage").Count();
        return used > 0 && passed > 0 ? used / passed * processors * 100 : 0;
    }

    /// <summary>cgroup v1 counts the inactive file cache as total_inactive_file, v2 as inactive_file.</summary>
    static ulong WithoutCache(JsonElement memory)
    {
        var usage = Count(memory, "usage");
        var detail = memory.At("stats") ?? default;
        var cache = detail.At("total_inactive_file") is null ? Count(detail, "inactive_file") : Count(detail, "total_inactive_file");
        return cache < usage ? usage - cache : usage;
    }

    static (ulong Read, ulong Written) Blocks(JsonElement stats)
    {
        var (read, written) = (0UL, 0UL);
        foreach (var entry in (stats.At("blkio_stats") ?? default).Items("io_service_bytes_recursive"))
        {
            switch (entry.Text("op"))
            {
                case ['r' or 'R', ..]:
                    read += Count(entry, "value");
                    break;
                case ['w' or 'W', ..]:
                    written += Count(entry, "value");
                    break;
            }
        }
        return (read, written);
    }

    static ulong Count(JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetUInt64(out var number) ? number : 0;
}
