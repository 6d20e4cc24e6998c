using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>An update of limits laid over those that a container has, with Docker's rules about which may follow which.</summary>
static class ResourceUpdate
{
    /// <summary>Checks what holds whatever the container has.</summary>
    public static void Check(HostConfig asked, int processors)
    {
        HostConfigRules.Limits(asked, processors, update: true);
        if (asked.RestartPolicy is { } policy)
            HostConfigRules.Restart(policy, autoRemove: false);
    }

    /// <summary>The configuration after the update.</summary>
    public static HostConfig Merge(string id, HostConfig has, HostConfig asked)
    {
        ConflictException No(string why) => new($"Cannot update container {id}: {why}");
        if (asked.NanoCpus > 0 && has.CpuPeriod > 0)
            throw No("Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
        if (asked.NanoCpus > 0 && has.CpuQuota > 0)
            throw No("Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
        if (asked.CpuPeriod > 0 && has.NanoCpus > 0)
            throw No("Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
        if (asked.CpuQuota > 0 && has.NanoCpus > 0)
            throw No("Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
        // Docker stores twice the memory for a container that was given memory alone.
        var swap = has is { Memory: > 0, MemorySwap: 0 } ? has.Memory * 2 : has.MemorySwap;
        if (asked.Memory > 0 && asked.MemorySwap == 0 && swap >= 0 && asked.Memory > swap)
            throw No("Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
        if (asked.MemorySwap > 0 && asked.Memory == 0 && asked.MemorySwap < has.Memory)
            throw No("Minimum memoryswap limit should be larger than memory limit, see usage");
        var restart = asked.RestartPolicy is { Name.Length: > 0 } policy ? policy : has.RestartPolicy;
        if (has.AutoRemove && restart is { Name: not ("" or "no") })
            throw No("Restart policy cannot be updated because AutoRemove is enabled for the container");
        return has with
        {
            RestartPolicy = restart,
            BlkioWeight = asked.BlkioWeight != 0 ? asked.BlkioWeight : has.BlkioWeight,
            CpuShares = Or(asked.CpuShares, has.CpuShares),
            CpuPeriod = Or(asked.CpuPeriod, has.CpuPeriod),
            CpuQuota = Or(asked.CpuQuota, has.CpuQuota),
            NanoCpus = Or(asked.NanoCpus, has.NanoCpus),
            CpuRealtimePeriod = Or(asked.CpuRealtimePeriod, has.CpuRealtimePeriod),
            CpuRealtimeRuntime = Or(asked.CpuRealtimeRuntime, has.CpuRealtimeRuntime),
            CpusetCpus = asked.CpusetCpus.Length > 0 ? asked.CpusetCpus : has.CpusetCpus,
            CpusetMems = asked.CpusetMems.Length > 0 ? asked.CpusetMems : has.CpusetMems,
            Memory = Or(asked.Memory, has.Memory),
            MemorySwap =
                asked.MemorySwap != 0 ? asked.MemorySwap
                : asked.Memory != 0 ? swap
                : has.MemorySwap,
            MemoryReservation = Or(asked.MemoryReservation, has.MemoryReservation),
            PidsLimit = asked.PidsLimit ?? has.PidsLimit,
        };
    }

    static long Or(long asked, long has) => asked != 0 ? asked : has;
}
