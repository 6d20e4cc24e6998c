using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Solver;

/// <summary>One build, as the solver is asked for it.</summary>
public sealed record SolveRequest
{
    /// <summary>The trees that are wanted; what they do not need is not made.</summary>
    public required IReadOnlyList<Vertex> Roots { get; init; }

    public required IBuildClient Client { get; init; }

    /// <summary>What the events call the vertices.</summary>
    public VertexNames Names { get; init; } = new();
    public RunSettings Run { get; init; } = new();

    /// <summary>Entitlements: RUN --security=insecure and --network=host are refused without them.</summary>
    public bool AllowInsecure { get; init; }
    public bool AllowHostNetwork { get; init; } = true;

    /// <summary>Caches that lie elsewhere, in the order in which they are asked.</summary>
    public IReadOnlyList<Cache.Portable.PortableCache> Caches { get; init; } = [];

    /// <summary>Layers of images of this store that steps may have made: what is to be looked at before a step is made.</summary>
    public IReadOnlyList<IReadOnlyDictionary<Vertex, IReadOnlyList<BuiltLayer>>> Hints { get; init; } = [];

    /// <summary>Hears of a cache that turned out to be broken: the build begins anew without it.</summary>
    public Action<Cache.Portable.PortableCache, string> CacheFailed { get; init; } = (_, _) => { };

    /// <summary>Which steps the result lists, for caches elsewhere.</summary>
    public WantedSteps WantedSteps { get; init; }

    /// <summary>SOURCE_DATE_EPOCH: no file of a layer is younger.</summary>
    public DateTimeOffset? SourceDate { get; init; }
}

/// <summary>What a build sets for all of its RUN steps; no part of the cache keys except the extra hosts.</summary>
public sealed record RunSettings
{
    /// <summary>What RunNetwork.Default means: "bridge", "none", "host" or a network's name.</summary>
    public string Network { get; init; } = "default";
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    /// <summary>Limits, in the words of a container's configuration: memory, processors, ulimits, /dev/shm, parent control group.</summary>
    public HostConfig Limits { get; init; } = new();
}

/// <summary>Steps of a build: those whose results are here, or also those that another cache has and nobody needed.</summary>
public enum WantedSteps
{
    None,
    Here,
    All,
}
