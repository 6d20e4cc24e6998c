using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Builds.Caches;

/// <summary>One --cache-to, understood: exactly one of reference and store is set.</summary>
/// <param name="Reference">The name in a registry.</param>
/// <param name="Store">The content store of the client.</param>
/// <param name="All">mode=max: every step, not only those that the result stands on.</param>
/// <param name="AsImage">As an image's manifest, which every registry takes, rather than an index of blobs.</param>
/// <param name="OciTypes">OCI's media types rather than Docker's; for an index.</param>
/// <param name="IgnoreError">A cache that cannot be written is no reason for a build to fail.</param>
sealed record CacheExportPlan(
    ImageReference? Reference,
    string? Store,
    bool All,
    bool AsImage,
    bool OciTypes,
    LayerCompression Compression,
    bool IgnoreError
)
{
    static readonly string[] Known =
    [
        "mode",
        "image-manifest",
        "oci-mediatypes",
        "compression",
        "compression-level",
        "force-compression",
        "ignore-error",
    ];

    public string Title => Reference is not null ? "exporting cache to registry" : "exporting cache to client directory";

    public static CacheExportPlan Of(CachePlace place)
    {
        var isLocal = place.Type switch
        {
            "registry" => false,
            "local" => true,
            var other => throw new UnsupportedException($"unknown cache exporter: {other}: inline, registry and local are known"),
        };
        Check(place, isLocal ? [.. Known, "dest", "tag"] : [.. Known, "ref"]);
        var (asImage, ociTypes) = (place.Flag("image-manifest", missing: true), place.Flag("oci-mediatypes", missing: true));
        if (asImage && !ociTypes)
            throw new InvalidParameterException(
                "invalid configuration for remote cache: OCI mediatypes are required for image-manifest cache format"
            );
        return new CacheExportPlan(
            isLocal ? null : ImageReference.Parse(place.Required("ref")).WithDefaultTag(),
            isLocal ? "local:" + place.Required("dest") : null,
            IsMax(place),
            asImage,
            ociTypes,
            LayerCompression.Parse(place["compression"], place["compression-level"], place.Flag("force-compression", missing: false)),
            place.Flag("ignore-error", missing: false)
        );
    }

    /// <summary>Inline there is one mode and no place to put anything.</summary>
    public static void CheckInline(CachePlace place)
    {
        Check(place, ["mode"]);
        if (IsMax(place))
            throw new UnsupportedException("inline cache knows mode=min alone: for mode=max use type=registry or type=local");
    }

    static bool IsMax(CachePlace place) =>
        place["mode"] switch
        {
            "" or "min" => false,
            "max" => true,
            var mode => throw new InvalidParameterException($"invalid cache mode \"{mode}\": min and max are known"),
        };

    static void Check(CachePlace place, IEnumerable<string> known)
    {
        if (place.Options.Keys.FirstOrDefault(k => !known.Contains(k)) is { } unknown)
            throw new InvalidParameterException($"unknown option {unknown} of cache type {place.Type}");
    }
}
