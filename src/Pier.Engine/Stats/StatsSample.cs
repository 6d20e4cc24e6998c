namespace Pier.Engine.Stats;

/// <summary>A container's counters at one moment, with the host's; <see cref="Group"/> is null when the container does not run.</summary>
public sealed record StatsSample
{
    public required string Id { get; init; }

    /// <summary>Without a slash.</summary>
    public required string Name { get; init; }

    public GroupCounters? Group { get; init; }
    public HostProcessors Processors { get; init; }
    public IReadOnlyList<InterfaceCounters> Interfaces { get; init; } = [];

    /// <summary>Bytes of memory of the host: the limit of a container that has none.</summary>
    public ulong HostMemory { get; init; }

    /// <summary>Whether the counters are of a unified (v2) hierarchy.</summary>
    public bool CgroupV2 { get; init; }
}

/// <summary>A sample and the one before it; the first of a stream has none.</summary>
public sealed record StatsPair(StatsSample Now, StatsSample? Before);
