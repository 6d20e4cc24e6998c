using Pier.Linux.Cgroups;

namespace Pier.Runtime.Compile;

/// <summary>What a compilation has to know about the host. It is read once a process and the same for every container.</summary>
public sealed record HostFacts
{
    public required CgroupLayout Cgroups { get; init; }

    /// <summary>The greatest capability number that the kernel knows (/proc/sys/kernel/cap_last_cap).</summary>
    public required int LastCapability { get; init; }

    /// <summary>The bounding set of this process: nobody can be given more.</summary>
    public required ulong BoundingSet { get; init; }

    /// <summary>Whether AppArmor is on (/sys/module/apparmor/parameters/enabled).</summary>
    public bool AppArmor { get; init; }
}
