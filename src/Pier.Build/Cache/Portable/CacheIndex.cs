using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pier.Build.Solver;
using Pier.Model;

namespace Pier.Build.Cache.Portable;

/// <summary>What a cache that lies elsewhere says of a step.</summary>
/// <param name="Identity">What steps over it are known by.</param>
public sealed record CachedResult(string Identity, IReadOnlyList<BuiltLayer> Layers);

/// <summary>
/// A cache document to look steps up in. It comes from outside: numbers that lead nowhere, circles and digests that are none make the
/// result they stand in unusable, and nothing else. Immutable.
/// </summary>
public sealed class CacheIndex
{
    /// <summary>More layers than an image may have here: a chain that is longer is none.</summary>
    const int MaxChain = 500;
    const int KeyLength = 64;

    readonly (BuiltLayer? Layer, int Parent)[] _layers;
    readonly Dictionary<string, List<CacheDocumentRecord>> _byKey = new(StringComparer.Ordinal);

    CacheIndex((BuiltLayer?, int)[] layers, CacheDocumentRecord?[] records)
    {
        _layers = layers;
        foreach (var record in records)
        {
            if (record?.Digest is not { } digest || !Digest.TryParse(digest, out var key) || key.Algorithm != "sha256")
                continue;
            if (!_byKey.TryGetValue(key.Hex, out var known))
                _byKey[key.Hex] = known = [];
            known.Add(record);
        }
    }

    /// <summary>How many steps it knows.</summary>
    public int Count => _byKey.Count;

    /// <summary>Reads a document; throws <see cref="InvalidParameterException"/> when it is none.</summary>
    public static CacheIndex Parse(ReadOnlySpan<byte> json)
    {
        var document = Parse(json, CacheJson.Default.CacheDocument);
        return new CacheIndex([.. (document.Layers ?? []).Select(l => (LayerOf(l), l?.Parent ?? -1))], document.Records ?? []);
    }

    /// <summary>What an image says of its own layers; null when it says nothing. Throws <see cref="InvalidParameterException"/>.</summary>
    public static CacheIndex? OfImage(ImageManifest manifest, ImageConfig config)
    {
        if (config.InlineCache is not { Length: > 0 } json)
            return null;
        if (manifest.Layers.Length != config.RootFs.DiffIds.Length)
            throw new InvalidParameterException(
                $"invalid image: {manifest.Layers.Length} layers in the manifest, {config.RootFs.DiffIds.Length} in the configuration"
            );
        var times = (config.History ?? []).Where(h => !h.EmptyLayer).Select(h => h.Created).ToArray();
        var layers = manifest.Layers.Select(
            (blob, i) =>
                (
                    (BuiltLayer?)new BuiltLayer(blob, config.RootFs.DiffIds[i], times.Length == manifest.Layers.Length ? times[i] : null),
                    i - 1
                )
        );
        return new CacheIndex([.. layers], Parse(json, CacheJson.Default.CacheDocumentRecordArray));
    }

    /// <summary>What came of the step with a key, or null.</summary>
    public CachedResult? Find(string key)
    {
        if (!_byKey.TryGetValue(key, out var records))
            return null;
        foreach (var record in records)
        {
            var identity = record.Identity ?? key;
            if (identity.Length != KeyLength || identity.AsSpan().ContainsAnyExcept("0123456789abcdef"))
                continue;
            foreach (var chain in Chains(record))
                if (chain is { Count: > 0 })
                    return new CachedResult(identity, chain);
        }
        return null;
    }

    IEnumerable<IReadOnlyList<BuiltLayer>?> Chains(CacheDocumentRecord record)
    {
        foreach (var result in record.Results ?? [])
            yield return result is null ? null : Below(result.Layer);
        foreach (var chain in record.Chains ?? [])
            yield return chain?.Layers is { Length: <= MaxChain } places ? Listed(places) : null;
    }

    List<BuiltLayer>? Below(int top)
    {
        var chain = new List<BuiltLayer>();
        for (var at = top; at >= 0; at = _layers[at].Parent)
        {
            if (at >= _layers.Length || chain.Count == MaxChain || _layers[at].Layer is not { } layer)
                return null;
            chain.Add(layer);
        }
        chain.Reverse();
        return chain;
    }

    List<BuiltLayer>? Listed(int[] places)
    {
        var chain = new List<BuiltLayer>();
        foreach (var at in places)
        {
            if (at < 0 || at >= _layers.Length || _layers[at].Layer is not { } layer)
                return null;
            chain.Add(layer);
        }
        return chain;
    }

    static BuiltLayer? LayerOf(CacheDocumentLayer? layer) =>
        layer?.Annotations is { Size: >= 0, MediaType: { } type } facts
        && MediaTypes.IsLayer(type)
        && Digest.TryParse(layer.Blob, out var blob)
        && Digest.TryParse(facts.DiffId, out var diffId)
            ? new BuiltLayer(
                new Descriptor
                {
                    MediaType = type,
                    Digest = blob,
                    Size = facts.Size,
                },
                diffId,
                facts.CreatedAt
            )
            : null;

    static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new InvalidParameterException("invalid cache configuration: null");
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"invalid cache configuration: {e.Message}", e);
        }
    }
}
