using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pier.Model;

/// <summary>
/// Reads image documents from outside. Bounded in size and depth; a document that could be read as a manifest and as an index at once
/// is refused (CVE-2021-41190), as is one whose mediaType contradicts its descriptor.
/// </summary>
public static class ImageDocument
{
    /// <summary>The most bytes that a manifest, an index or a configuration may have: what registries accept.</summary>
    public const int MaxSize = 4 << 20;

    /// <summary>Parses a manifest; throws <see cref="InvalidParameterException"/>.</summary>
    public static ImageManifest Manifest(ReadOnlySpan<byte> json, string? mediaType = null)
    {
        var probe = Parse(json, ImageJson.Plain.ImageDocumentProbe, "manifest");
        if (probe.Manifests.ValueKind != JsonValueKind.Undefined || probe.FsLayers.ValueKind != JsonValueKind.Undefined)
            throw new InvalidParameterException("invalid manifest: it has the fields of another kind of document (manifests, fsLayers)");
        CheckMediaType(probe, mediaType);
        var manifest = Parse(json, ImageJson.Plain.ImageManifest, "manifest");
        if (manifest is not { Config.Size: >= 0, Layers: not null } || manifest.Layers.Any(l => l is null || l.Size < 0))
            throw new InvalidParameterException("invalid manifest: a bad descriptor");
        return manifest;
    }

    /// <summary>Parses an index; throws <see cref="InvalidParameterException"/>.</summary>
    public static ImageIndex Index(ReadOnlySpan<byte> json, string? mediaType = null)
    {
        var probe = Parse(json, ImageJson.Plain.ImageDocumentProbe, "index");
        if (Array.Exists([probe.Layers, probe.Config, probe.FsLayers], e => e.ValueKind != JsonValueKind.Undefined))
            throw new InvalidParameterException("invalid index: it has the fields of another kind of document (config, layers, fsLayers)");
        CheckMediaType(probe, mediaType);
        var index = Parse(json, ImageJson.Plain.ImageIndex, "index");
        if (index.Manifests is null || index.Manifests.Any(m => m is null || m.Size < 0))
            throw new InvalidParameterException("invalid index: a bad descriptor");
        return index;
    }

    /// <summary>Parses a configuration; throws <see cref="InvalidParameterException"/>.</summary>
    public static ImageConfig Config(ReadOnlySpan<byte> json)
    {
        var config = Parse(json, ImageJson.Plain.ImageConfig, "image configuration");
        return config.RootFs.Type == "layers"
            ? config
            : throw new InvalidParameterException($"invalid image configuration: rootfs type \"{config.RootFs.Type}\" is not \"layers\"");
    }

    static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string what)
    {
        if (json.Length > MaxSize)
            throw new InvalidParameterException($"invalid {what}: larger than {MaxSize} bytes");
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new InvalidParameterException($"invalid {what}: null");
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"invalid {what}: {e.Message}", e);
        }
    }

    static void CheckMediaType(ImageDocumentProbe probe, string? expected)
    {
        if (probe.MediaType is { Length: > 0 } own && expected is not null && own != expected)
            throw new InvalidParameterException($"invalid document: mediaType is \"{own}\", expected \"{expected}\"");
    }
}

/// <summary>The fields by which kinds of image documents differ.</summary>
public sealed record ImageDocumentProbe
{
    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    [JsonPropertyName("manifests")]
    public JsonElement Manifests { get; init; }

    [JsonPropertyName("config")]
    public JsonElement Config { get; init; }

    [JsonPropertyName("layers")]
    public JsonElement Layers { get; init; }

    [JsonPropertyName("fsLayers")]
    public JsonElement FsLayers { get; init; }
}
