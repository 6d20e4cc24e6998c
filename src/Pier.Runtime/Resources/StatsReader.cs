using System.Globalization;
using Pier.Linux.Cgroups;

namespace Pier.Runtime.Resources;

/// <summary>Reads a group's counters.</summary>
public static class StatsReader
{
    public static ContainerStats Read(ControlGroup group) => group.Layout.Unified ? Unified(group) : Legacy(group);

    /// <summary>How often the group's out-of-memory killer has struck; 0 when the group is gone.</summary>
    public static long OutOfMemoryKills(ControlGroup group) =>
        (long)(
            group.Layout.Unified
                ? Pairs(group.Read("memory", "memory.events")).GetValueOrDefault("oom_kill")
                : Pairs(group.Read("memory", "memory.oom_control")).GetValueOrDefault("oom_kill")
        );

    static ContainerStats Legacy(ControlGroup group)
    {
        var split = Pairs(group.Read("cpuacct", "cpuacct.stat"));
        var throttling = Pairs(group.Read("cpu", "cpu.stat"));
        // cpuacct.stat counts in ticks of 10 ms (USER_HZ is 100 on every architecture that Linux still has).
        const ulong tick = 10_000_000;
        return new ContainerStats
        {
            Read = DateTimeOffset.UtcNow,
            Cpu = new CpuStats
            {
                TotalUsage = Number(group.Read("cpuacct", "cpuacct.usage")),
                UserUsage = split.GetValueOrDefault("user") * tick,
                KernelUsage = split.GetValueOrDefault("system") * tick,
                PerCpuUsage =
                [
                    .. (group.Read("cpuacct", "cpuacct.usage_percpu") ?? "")
                        .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                        .Select(Number),
                ],
                ThrottlingPeriods = throttling.GetValueOrDefault("nr_periods"),
                ThrottledPeriods = throttling.GetValueOrDefault("nr_throttled"),
                ThrottledTime = throttling.GetValueOrDefault("throttled_time"),
            },
            Memory = new MemoryStats
            {
                Usage = Number(group.Read("memory", "memory.usage_in_bytes")),
                MaxUsage = Number(group.Read("memory", "memory.max_usage_in_bytes")),
                Limit = Number(group.Read("memory", "memory.limit_in_bytes")),
                FailCount = Number(group.Read("memory", "memory.failcnt")),
                Detail = Pairs(group.Read("memory", "memory.stat")),
            },
            PidsCurrent = (long)Number(group.Read("pids", "pids.current")),
            PidsLimit = Limit(group.Read("pids", "pids.max")),
            IoServiceBytes = LegacyIo(group, "blkio.bfq.io_service_bytes_recursive", "blkio.throttle.io_service_bytes_recursive"),
            IoServiced = LegacyIo(group, "blkio.bfq.io_serviced_recursive", "blkio.throttle.io_serviced_recursive"),
        };
    }

    static ContainerStats Unified(ControlGroup group)
    {
        var cpu = Pairs(group.Read("cpu", "cpu.stat"));
        var io = UnifiedIo(group.Read("io", "io.stat"));
        return new ContainerStats
        {
            Read = DateTimeOffset.UtcNow,
            Cpu = new CpuStats
            {
                TotalUsage = cpu.GetValueOrDefault("usage_usec") * 1000,
                UserUsage = cpu.GetValueOrDefault("user_usec") * 1000,
                KernelUsage = cpu.GetValueOrDefault("system_usec") * 1000,
                ThrottlingPeriods = cpu.GetValueOrDefault("nr_periods"),
                ThrottledPeriods = cpu.GetValueOrDefault("nr_throttled"),
                ThrottledTime = cpu.GetValueOrDefault("throttled_usec") * 1000,
            },
            Memory = new MemoryStats
            {
                Usage = Number(group.Read("memory", "memory.current")),
                MaxUsage = Number(group.Read("memory", "memory.peak")),
                Limit =
                    group.Read("memory", "memory.max") is { } max && !max.StartsWith("max", StringComparison.Ordinal)
                        ? Number(max)
                        : ulong.MaxValue,
                FailCount = Pairs(group.Read("memory", "memory.events")).GetValueOrDefault("max"),
                Detail = Pairs(group.Read("memory", "memory.stat")),
            },
            PidsCurrent = (long)Number(group.Read("pids", "pids.current")),
            PidsLimit = Limit(group.Read("pids", "pids.max")),
            IoServiceBytes =
            [
                .. io.Where(e => e.Op is "rbytes" or "wbytes").Select(e => e with { Op = e.Op == "rbytes" ? "read" : "write" }),
            ],
            IoServiced = [.. io.Where(e => e.Op is "rios" or "wios").Select(e => e with { Op = e.Op == "rios" ? "read" : "write" })],
        };
    }

    // "8:0 Read 4096"; the last line, "Total N", is none.
    static IReadOnlyList<BlockIoEntry> LegacyIo(ControlGroup group, string first, string second)
    {
        foreach (var file in (string[])[first, second])
        {
            var entries = new List<BlockIoEntry>();
            foreach (var line in (group.Read("blkio", file) ?? "").Split('\n'))
                if (line.Split(' ') is [var device, var op, var value] && Device(device) is var (major, minor))
                    entries.Add(new(major, minor, op, Number(value)));
            if (entries.Count > 0)
                return entries;
        }
        return [];
    }

    // "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0".
    static List<BlockIoEntry> UnifiedIo(string? text)
    {
        var entries = new List<BlockIoEntry>();
        foreach (var line in (text ?? "").Split('\n'))
        {
            var words = line.Split(' ');
            if (Device(words[0]) is not var (major, minor))
                continue;
            foreach (var word in words[1..])
                if (word.Split('=') is [var key, var value])
                    entries.Add(new(major, minor, key, Number(value)));
        }
        return entries;
    }

    static (long Major, long Minor)? Device(string text) =>
        text.Split(':') is [var major, var minor] && long.TryParse(major, out var a) && long.TryParse(minor, out var b) ? (a, b) : null;

    static Dictionary<string, ulong> Pairs(string? text)
    {
        var pairs = new Dictionary<string, ulong>();
        foreach (var line in (text ?? "").Split('\n'))
            if (line.IndexOf(' ') is var at and > 0)
                pairs[line[..at]] = Number(line[(at + 1)..]);
        return pairs;
    }

    static long Limit(string? text) => text is null || text.StartsWith("max", StringComparison.Ordinal) ? 0 : (long)Number(text);

    static ulong Number(string? text) =>
        ulong.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
