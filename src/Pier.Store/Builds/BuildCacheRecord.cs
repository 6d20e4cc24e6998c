using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Store.Builds;

/// <summary>
/// Something that builds keep for the next one: a step's result, a download, a client's directory, a cache mount. Stored.
/// </summary>
public sealed record BuildCacheRecord
{
    /// <summary>64 hex digits, with a number behind them for a private cache mount: what `builder prune --filter id=` names.</summary>
    public required string Id { get; init; }

    /// <summary>The keys that find it; the first one is what the step is.</summary>
    public required string[] Keys { get; init; }

    /// <summary>What steps over this one are known by; its first key, unless it was made anew under the same key.</summary>
    public required string Identity { get; init; }

    /// <summary>"[build 2/5] RUN make".</summary>
    public required string Description { get; init; }

    /// <summary>One of <see cref="BuildCacheTypes"/>.</summary>
    public string Type { get; init; } = BuildCacheTypes.Regular;

    /// <summary>The record's own layer is the last one.</summary>
    public CachedLayer[] Layers { get; init; } = [];

    /// <summary>The step changed nothing: the last layer is another record's.</summary>
    public bool Empty { get; init; }

    /// <summary>A directory of <see cref="BuildStore.NewTree"/> instead of layers, or null.</summary>
    public string? Tree { get; init; }

    /// <summary>The directory of a cache mount instead of layers, or null.</summary>
    public string? CacheMount { get; init; }

    /// <summary>The copy of a client's directory instead of layers, or null.</summary>
    public string? Context { get; init; }

    /// <summary>What a server said of a download, to ask whether it has changed.</summary>
    public Dictionary<string, string>? Validators { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastUsedAt { get; init; }
    public int UsageCount { get; init; }

    /// <summary>
    /// The boot in which its layer was made, until that is known to be on the disk: after another boot it may have lost data.
    /// </summary>
    public string? UnsyncedBoot { get; init; }

    /// <summary>
    /// Bytes on disk of its <see cref="Tree"/>, which does not change; the others are measured (<see cref="BuildStore.SizeOf"/>).
    /// </summary>
    public long Size { get; init; }

    /// <summary>The record of a directory that changes from build to build and is known by its id alone.</summary>
    internal static BuildCacheRecord OfDirectory(string id, string kind, string type, string description)
    {
        var now = DateTimeOffset.UtcNow;
        var key = $"{kind} {id}";
        return new BuildCacheRecord
        {
            Id = id,
            Keys = [key],
            Identity = key,
            Type = type,
            Description = description,
            CreatedAt = now,
            LastUsedAt = now,
        };
    }

    /// <summary>The stack that the last layer tops; null without layers.</summary>
    [JsonIgnore]
    public Digest? ChainId => Layers.Length == 0 ? null : Model.ChainId.Prefixes([.. Layers.Select(l => l.DiffId)])[^1];
}

/// <summary>The kinds of records that the Engine API knows (BuildCache.Type) and that builds here make.</summary>
public static class BuildCacheTypes
{
    public const string Regular = "regular",
        Local = "source.local",
        Git = "source.git.checkout",
        CacheMount = "exec.cachemount";
}

/// <summary>A layer's blob, the digest of its uncompressed tar, and when a build made it (null for an image's).</summary>
public sealed record CachedLayer(Descriptor Blob, Digest DiffId, DateTimeOffset? Created = null);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BuildCacheRecord))]
sealed partial class BuildJson : JsonSerializerContext;
