namespace Pier.Engine.Builds;

/// <summary>A row of the build cache as `system df -v` shows it. Size in bytes of its own; Parents are ids.</summary>
public sealed record BuildCacheView(
    string Id,
    IReadOnlyList<string> Parents,
    string Type,
    string Description,
    bool InUse,
    bool Shared,
    long Size,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    int UsageCount
);

/// <summary>What a prune of the build cache may take.</summary>
public sealed record PruneBuilds
{
    /// <summary>Also what is not dangling: everything that no build uses now.</summary>
    public bool All { get; init; }

    /// <summary>
    /// Bytes that may stay in any case. Without this and the other two everything goes; with one of them the longest unused goes first.
    /// </summary>
    public long ReservedSpace { get; init; }

    /// <summary>Bytes that may stay at most; 0 for no such limit.</summary>
    public long MaxUsedSpace { get; init; }

    /// <summary>Bytes that are to be free on the disk afterwards; 0 for no such wish.</summary>
    public long MinFreeSpace { get; init; }

    /// <summary>until (a duration or a time), id, type, description, inuse, shared, private.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
