using System.Globalization;
using Pier.Model;
using Pier.Runtime.Resources;

namespace Pier.Engine.Containers;

/// <summary>
/// Asked limits held against what the host's kernel has, as Docker does: a limit that cannot be put into force is taken out with a warning,
/// one that would be wrong without it is an error.
/// </summary>
static class HostLimits
{
    public static HostConfig Fit(HostConfig host, LimitSupport support, List<string> warnings)
    {
        host = Memory(host, support, warnings);
        host = Cpu(host, support, warnings);
        host = BlockIO(host, support, warnings);
        if (host.PidsLimit is { } pids and not 0 && !support.Pids)
        {
            if (pids > 0)
                warnings.Add("Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.");
            host = host with { PidsLimit = null };
        }
        // What cannot be disabled is not shown as enabled either.
        return host with { OomKillDisable = support.OomKillDisable ? host.OomKillDisable ?? false : null };
    }

    static HostConfig Memory(HostConfig host, LimitSupport support, List<string> warnings)
    {
        if (
            Missing(
                host.Memory > 0,
                support.Memory,
                "memory limit capabilities or the cgroup is not mounted. Limitation discarded.",
                warnings
            )
        )
            host = host with { Memory = 0, MemorySwap = -1 };
        if (
            Missing(
                host.Memory > 0 && host.MemorySwap != -1,
                support.Swap,
                "swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
                warnings
            )
        )
            host = host with { MemorySwap = -1 };
        if (
            Missing(
                host.MemorySwappiness is not null and not -1,
                support.Swappiness,
                "memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
                warnings
            )
        )
            host = host with { MemorySwappiness = null };
        if (
            Missing(
                host.MemoryReservation > 0,
                support.MemoryReservation,
                "memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.",
                warnings
            )
        )
            host = host with { MemoryReservation = 0 };
        if (
            Missing(
                host.KernelMemoryTCP > 0,
                support.KernelMemoryTcp,
                "kernel memory TCP limit capabilities or the cgroup is not mounted. Limitation discarded.",
                warnings
            )
        )
            host = host with { KernelMemoryTCP = 0 };
        if (host.KernelMemory > 0)
        {
            warnings.Add("Kernel memory limits are gone from the kernel (Linux 5.16). Kernel memory limitation discarded.");
            host = host with { KernelMemory = 0 };
        }
        if (Missing(host.OomKillDisable == true, support.OomKillDisable, "OomKillDisable. OomKillDisable discarded.", warnings))
            host = host with { OomKillDisable = null };
        if (host is { OomKillDisable: true, Memory: 0 })
            warnings.Add(
                "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources."
            );
        return host;
    }

    static HostConfig Cpu(HostConfig host, LimitSupport support, List<string> warnings)
    {
        if (Missing(host.CpuShares > 0, support.CpuShares, "CPU shares or the cgroup is not mounted. Shares discarded.", warnings))
            host = host with { CpuShares = 0 };
        if (host.NanoCpus > 0 && !support.CpuQuota)
            throw new InvalidParameterException(
                "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted"
            );
        if (
            Missing(
                host.CpuPeriod != 0 || host.CpuQuota != 0,
                support.CpuQuota,
                "CPU CFS scheduler or the cgroup is not mounted. CPU period and quota discarded.",
                warnings
            )
        )
            host = host with { CpuPeriod = 0, CpuQuota = 0 };
        if (!support.CpuRealtime && (host.CpuRealtimePeriod != 0 || host.CpuRealtimeRuntime != 0))
            throw new InvalidParameterException("kernel does not support CPU real-time scheduler");
        if (host.CpuRealtimePeriod > 0 && host.CpuRealtimeRuntime > host.CpuRealtimePeriod)
            throw new InvalidParameterException("cpu real-time runtime cannot be higher than cpu real-time period");
        if (
            Missing(
                host.CpusetCpus.Length + host.CpusetMems.Length > 0,
                support.Cpus.Length > 0,
                "cpuset or the cgroup is not mounted. CPUset discarded.",
                warnings
            )
        )
            return host with { CpusetCpus = "", CpusetMems = "" };
        if (!IsWithin(host.CpusetCpus, support.Cpus, "cpus"))
            throw new InvalidParameterException(
                $"Requested CPUs are not available - requested {host.CpusetCpus}, available: {support.Cpus}"
            );
        if (!IsWithin(host.CpusetMems, support.MemoryNodes, "mems"))
            throw new InvalidParameterException(
                $"Requested memory nodes are not available - requested {host.CpusetMems}, available: {support.MemoryNodes}"
            );
        return host;
    }

    static HostConfig BlockIO(HostConfig host, LimitSupport support, List<string> warnings)
    {
        if (
            Missing(host.BlkioWeight > 0, support.BlockWeight, "Block I/O weight or the cgroup is not mounted. Weight discarded.", warnings)
        )
            host = host with { BlkioWeight = 0 };
        if (
            Missing(
                host.BlkioWeightDevice is { Length: > 0 },
                support.BlockWeightDevice,
                "Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.",
                warnings
            )
        )
            host = host with { BlkioWeightDevice = null };
        if (
            Missing(
                host.BlkioDeviceReadBps is { Length: > 0 },
                support.BlockThrottle,
                "BPS Block I/O read limit or the cgroup is not mounted. Block I/O BPS read limit discarded.",
                warnings
            )
        )
            host = host with { BlkioDeviceReadBps = null };
        if (
            Missing(
                host.BlkioDeviceWriteBps is { Length: > 0 },
                support.BlockThrottle,
                "BPS Block I/O write limit or the cgroup is not mounted. Block I/O BPS write limit discarded.",
                warnings
            )
        )
            host = host with { BlkioDeviceWriteBps = null };
        if (
            Missing(
                host.BlkioDeviceReadIOps is { Length: > 0 },
                support.BlockThrottle,
                "IOPS Block I/O read limit or the cgroup is not mounted. Block I/O IOPS read limit discarded.",
                warnings
            )
        )
            host = host with { BlkioDeviceReadIOps = null };
        if (
            Missing(
                host.BlkioDeviceWriteIOps is { Length: > 0 },
                support.BlockThrottle,
                "IOPS Block I/O write limit or the cgroup is not mounted. Block I/O IOPS write limit discarded.",
                warnings
            )
        )
            host = host with { BlkioDeviceWriteIOps = null };
        return host;
    }

    /// <summary>Whether something asked for is not there, which is then warned of.</summary>
    static bool Missing(bool asked, bool there, string what, List<string> warnings)
    {
        if (!asked || there)
            return false;
        warnings.Add("Your kernel does not support " + what);
        return true;
    }

    /// <summary>Whether every number of a list ("0-2,7") is in another.</summary>
    static bool IsWithin(string asked, string available, string what)
    {
        if (asked.Length == 0)
            return true;
        var there = Numbers(available) ?? [];
        var wanted = Numbers(asked) ?? throw new InvalidParameterException($"Invalid value {asked} for cpuset {what}");
        return wanted.IsSubsetOf(there);
    }

    /// <summary>The numbers of a list, or null when it is none. Bounded: "0-4294967295" is not spelled out.</summary>
    static HashSet<int>? Numbers(string list)
    {
        const int most = 8192;
        var numbers = new HashSet<int>();
        foreach (var part in list.Split(','))
        {
            var dash = part.IndexOf('-');
            if (
                !Number(dash < 0 ? part : part[..dash], out var first)
                || !Number(dash < 0 ? part : part[(dash + 1)..], out var last)
                || last < first
            )
                return null;
            if (last > most)
                return null;
            for (var n = first; n <= last; n++)
                numbers.Add(n);
        }
        return numbers;

        static bool Number(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
