using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Store.Builds;

/// <summary>What a step of a build made, kept for the next build: stored.</summary>
public sealed record BuildCacheRecord
{
    /// <summary>64 hex digits: what `builder prune --filter id=` names.</summary>
    public required string Id { get; init; }

    /// <summary>The keys that find it; the first one is what the step is.</summary>
    public required string[] Keys { get; init; }

    /// <summary>What steps over this one are known by; its first key, unless it was made anew under the same key.</summary>
    public required string Identity { get; init; }

    /// <summary>"[build 2/5] RUN make".</summary>
    public required string Description { get; init; }

    /// <summary>"regular", "source.local", "exec.cachemount", "source.git.checkout", "source.http".</summary>
    public string Type { get; init; } = "regular";

    /// <summary>The record's own layer is the last one.</summary>
    public CachedLayer[] Layers { get; init; } = [];

    /// <summary>The step changed nothing: the last layer is another record's.</summary>
    public bool Empty { get; init; }

    /// <summary>A directory of <see cref="BuildStore.NewTree"/> instead of layers, or null.</summary>
    public string? Tree { get; init; }

    /// <summary>What a server said of a download, to ask whether it has changed.</summary>
    public Dictionary<string, string>? Validators { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset LastUsedAt { get; init; }
    public int UsageCount { get; init; }

    /// <summary>The boot in which its layer was made, until that is known to be on the disk: after another boot it may have lost data.</summary>
    public string? UnsyncedBoot { get; init; }

    /// <summary>Bytes of its own layer or tree.</summary>
    public long Size { get; init; }

    /// <summary>The stack that the last layer tops; null without layers.</summary>
    [JsonIgnore]
    public Digest? ChainId => Layers.Length == 0 ? null : Model.ChainId.Prefixes([.. Layers.Select(l => l.DiffId)])[^1];
}

/// <summary>A layer's blob, the digest of its uncompressed tar, and when a build made it (null for an image's).</summary>
public sealed record CachedLayer(Descriptor Blob, Digest DiffId, DateTimeOffset? Created = null);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BuildCacheRecord))]
sealed partial class BuildJson : JsonSerializerContext;
