using Pier.Model.Runtime;
using Pier.Runtime;

namespace Pier.Engine.Specs;

/// <summary>
/// What a spec needs besides the container's record: resolved ids, host facts, prepared files. All plain data, so that specs are
/// golden-tested.
/// </summary>
sealed record SpecFacts
{
    public required User User { get; init; }
    public required string Hostname { get; init; }

    /// <summary>Files on the host that become /etc/hostname, /etc/hosts and /etc/resolv.conf.</summary>
    public required string HostnameFile { get; init; }
    public required string HostsFile { get; init; }
    public required string ResolvConfFile { get; init; }

    /// <summary>The host's bounding set.</summary>
    public required IReadOnlyCollection<string> Capabilities { get; init; }
    public required bool CgroupV2 { get; init; }

    /// <summary>Numbers and kind of devices of the host by path, for --device and privileged.</summary>
    public IReadOnlyDictionary<string, LinuxDevice> Devices { get; init; } = new Dictionary<string, LinuxDevice>();

    /// <summary>Paths of namespaces of containers that are joined, by OCI type ("pid", "ipc").</summary>
    public IReadOnlyDictionary<string, string> JoinedNamespaces { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables by which linked containers are found.</summary>
    public IReadOnlyList<string> LinkEnvironment { get; init; } = [];

    /// <summary>The init program on the host that --init puts at /sbin/docker-init, or null.</summary>
    public string? InitFile { get; init; }

    /// <summary>Limits of processes that the container does not set itself.</summary>
    public IReadOnlyList<Rlimit> Rlimits { get; init; } = [];

    /// <summary>The AppArmor profile of containers that ask for none; null where there is none.</summary>
    public string? AppArmorDefault { get; init; }

    /// <summary>The engine's own oom_score_adj, which its children inherit.</summary>
    public int OwnOomScore { get; init; }

    /// <summary>The ids of a container in a user namespace of its own; null for one in the host's.</summary>
    public IdMappings? Ids { get; init; }

    /// <summary>Rows and columns for a terminal; 0 leaves them.</summary>
    public int Rows { get; init; }
    public int Columns { get; init; }
}
