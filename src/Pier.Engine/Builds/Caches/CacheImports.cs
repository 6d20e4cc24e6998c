using System.Text;
using System.Text.Json;
using Pier.Build.Cache.Portable;
using Pier.Distribution.Credentials;
using Pier.Distribution.Pull;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Images;

namespace Pier.Engine.Builds.Caches;

/// <summary>The caches that a build is to read: what cannot be read is told, and the build goes on without it.</summary>
sealed class CacheImports(EngineParts parts, BlobTransfers transfers, BuildRequest request)
{
    /// <summary>Of an index with many images, so many are asked for what they say of their layers.</summary>
    const int MaxImages = 32;

    public async Task<IReadOnlyList<PortableCache>> OpenAsync(CancellationToken ct)
    {
        var opened = await Task.WhenAll(request.CacheFrom.Select(place => OpenAsync(place, ct))).ConfigureAwait(false);
        return [.. opened.SelectMany(caches => caches)];
    }

    /// <summary>Images of this store that are taken by their history: what Docker's classic builder does with --cache-from.</summary>
    public IReadOnlyList<Image> Images()
    {
        // What is no name was told already, as what is not here.
        var names = request.CacheFrom.Where(p => p.Type == "image" && ImageReference.TryParse(p["ref"], out _)).Select(p => p["ref"]);
        return [.. names.Select(parts.Store.Images.Find).OfType<Image>()];
    }

    Image ImageOf(CachePlace place) =>
        parts.Store.Images.Find(place.Required("ref")) ?? throw new NotFoundException("there is no such image here: pull it first");

    /// <summary>Tells that a cache turned out to be of no use.</summary>
    public static void Tell(BuildRequest request, string name, string why)
    {
        var (title, now) = ($"importing cache layers from {name}", DateTimeOffset.UtcNow);
        var vertex = Digest.Of(Encoding.UTF8.GetBytes(title));
        request.Progress(
            new VertexEvent
            {
                Vertex = vertex,
                Time = now,
                Name = title,
                Inputs = [],
                Started = now,
                Completed = now,
                Error = why,
            }
        );
        request.CacheTrouble($"the cache {name} is not used: {why}");
    }

    static string Title(string name) => $"importing cache manifest from {name}";

    async Task<IReadOnlyList<PortableCache>> OpenAsync(CachePlace place, CancellationToken ct)
    {
        var name =
            place["ref"] is { Length: > 0 } reference ? reference
            : place["src"] is { Length: > 0 } source ? source
            : place.Type;
        try
        {
            return await InternalSteps
                .TellAllAsync(
                    request,
                    Title(name),
                    _ =>
                        place.Type switch
                        {
                            "registry" or "inline" => FromRegistryAsync(name, place.Required("ref"), ct),
                            "local" => FromClientAsync(name, place, ct),
                            "image" => Task.FromResult<IReadOnlyList<PortableCache>>(
                                FromStore(name, ImageOf(place).Tags is [var tag, ..] ? tag : ImageReference.Parse(name)) is { } cache
                                    ? [cache]
                                    : []
                            ),
                            var other => throw new UnsupportedException($"unknown cache importer: {other}"),
                        }
                )
                .ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            request.CacheTrouble($"the cache {name} is not used: {e.Message}");
            return [];
        }
    }

    async Task<IReadOnlyList<PortableCache>> FromRegistryAsync(string name, string text, CancellationToken ct)
    {
        var reference = ImageReference.Parse(text).WithDefaultTag();
        if (FromStore(name, reference) is { } here)
            return [here];
        var credentials = new CallCredentials(
            reference.Domain,
            (await request.Credentials(reference.Domain, ct).ConfigureAwait(false))?.Credentials
        );
        var root =
            await parts.Registries.ManifestAsync(reference, credentials, ct).ConfigureAwait(false)
            ?? throw new NotFoundException($"{reference}: not found");
        Task<byte[]> BlobAsync(Descriptor blob) => parts.Registries.DocumentAsync(reference, blob, credentials, ct);
        async Task<byte[]?> ManifestAsync(Descriptor manifest) =>
            (await parts.Registries.ManifestAsync(reference.WithDigest(manifest.Digest), credentials, ct).ConfigureAwait(false))?.Bytes;
        var indexes = await ReadAsync(root.Bytes, BlobAsync, ManifestAsync).ConfigureAwait(false);
        return Caches(
            name,
            indexes,
            (manifest, target, token) => parts.Registries.LayersAsync(reference, manifest, target, credentials, token)
        );
    }

    // An image of this store may say itself what its layers are.
    PortableCache? FromStore(string name, ImageReference reference) =>
        parts.Store.Images.Find(reference.Familiar) is { } image && CacheIndex.OfImage(image.Manifest, image.Config) is { } index
            ? new PortableCache(
                name,
                index,
                parts.Store,
                transfers,
                (manifest, target, ct) => new LayerPull(target, OpenAsync, _ => { }).RunAsync(manifest, ct)
            )
            : null;

    ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken ct)
    {
        var file = parts.Store.Content.Open(blob.Digest);
        file.Position = offset;
        return ValueTask.FromResult<Stream>(file);
    }

    async Task<IReadOnlyList<PortableCache>> FromClientAsync(string name, CachePlace place, CancellationToken ct)
    {
        var session = request.Session ?? throw new InvalidParameterException("a cache that lies with the client needs a session");
        var store = "local:" + place.Required("src");
        Task<byte[]> BlobAsync(Descriptor blob) => session.ReadContentAsync(store, blob.Digest, ct);
        var root = await session.ReadContentAsync(store, Digest.Parse(place.Required("digest")), ct).ConfigureAwait(false);
        async Task<byte[]?> ManifestAsync(Descriptor manifest) => await BlobAsync(manifest).ConfigureAwait(false);
        var indexes = await ReadAsync(root, BlobAsync, ManifestAsync).ConfigureAwait(false);
        return Caches(
            name,
            indexes,
            (manifest, target, token) =>
                new LayerPull(
                    target,
                    async (blob, offset, t) => await session.OpenContentAsync(store, blob, offset, t).ConfigureAwait(false),
                    _ => { }
                ).RunAsync(manifest, token)
        );
    }

    IReadOnlyList<PortableCache> Caches(
        string name,
        IReadOnlyList<CacheIndex> indexes,
        Func<ImageManifest, IPullTarget, CancellationToken, Task> fetch
    ) =>
        indexes.Count > 0
            ? [.. indexes.Select(i => new PortableCache(name, i, parts.Store, transfers, fetch))]
            : throw new NotFoundException("it is no build cache, and no image with one (made without --cache-to type=inline)");

    // A cache of its own (as a manifest, or as an index of blobs), an image, or an index of images.
    static async Task<IReadOnlyList<CacheIndex>> ReadAsync(
        byte[] root,
        Func<Descriptor, Task<byte[]>> blob,
        Func<Descriptor, Task<byte[]?>> manifest
    )
    {
        if (!IsIndex(root))
            return await OfManifestAsync(root, blob).ConfigureAwait(false) is { } one ? [one] : [];
        var members = ImageDocument.Index(root).Manifests;
        if (members.FirstOrDefault(m => m.MediaType == CacheDocument.MediaType) is { } config)
            return [CacheIndex.Parse(await blob(config).ConfigureAwait(false))];
        var found = new List<CacheIndex>();
        foreach (var member in members.Where(m => MediaTypes.IsManifest(m.MediaType)).Take(MaxImages))
        {
            if (
                await manifest(member).ConfigureAwait(false) is { } bytes
                && await OfManifestAsync(bytes, blob).ConfigureAwait(false) is { } index
            )
                found.Add(index);
        }
        return found;
    }

    static async Task<CacheIndex?> OfManifestAsync(byte[] bytes, Func<Descriptor, Task<byte[]>> blob)
    {
        var manifest = ImageDocument.Manifest(bytes);
        if (manifest.Config.MediaType == CacheDocument.MediaType)
            return CacheIndex.Parse(await blob(manifest.Config).ConfigureAwait(false));
        return manifest.Config.MediaType is MediaTypes.OciConfig or MediaTypes.DockerConfig
            ? CacheIndex.OfImage(manifest, ImageDocument.Config(await blob(manifest.Config).ConfigureAwait(false)))
            : null;
    }

    static bool IsIndex(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ImageJson.Plain.ImageDocumentProbe)?.Manifests.ValueKind == JsonValueKind.Array;
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"invalid cache manifest: {e.Message}", e);
        }
    }
}
