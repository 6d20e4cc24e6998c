using Pier.Distribution.Pull;
using Pier.Model;

namespace Pier.Engine.Images;

/// <summary>What a name points to in its registry, and the platforms that it serves.</summary>
public sealed record DistributionView(Descriptor Descriptor, IReadOnlyList<Platform> Platforms);

public sealed partial class ImageService
{
    /// <summary>Asks a name's registry, without pulling.</summary>
    public async Task<DistributionView> DistributionAsync(string reference, RegistryAuth? auth, CancellationToken ct)
    {
        var name = ImageReference.Parse(reference).WithDefaultTag();
        var found =
            await parts.Registries.ManifestAsync(name, Source(name, auth), ct).ConfigureAwait(false)
            ?? throw new NotFoundException($"manifest unknown: {name.Familiar} is not in its registry");
        return new DistributionView(found.Descriptor, await PlatformsAsync(name, found, auth, ct).ConfigureAwait(false));
    }

    async Task<IReadOnlyList<Platform>> PlatformsAsync(ImageReference name, FetchedManifest found, RegistryAuth? auth, CancellationToken ct)
    {
        var type = found.Descriptor.MediaType;
        if (MediaTypes.IsIndex(type))
            return [.. ImageDocument.Index(found.Bytes, type).Manifests.Select(m => m.Platform).OfType<Platform>()];
        var config = ImageDocument.Manifest(found.Bytes, type).Config;
        // Helm charts and other artifacts have a configuration that is no image's.
        if (config.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig) || config.Size > ImageDocument.MaxSize)
            return [];
        await using var blob =
            await parts.Registries.OpenBlobAsync(name, config.Digest, Source(name, auth), ct).ConfigureAwait(false)
            ?? throw new NotFoundException($"blob unknown: {config.Digest} of {name.Familiar} is not in its registry");
        var bytes = new byte[config.Size];
        await blob.ReadExactlyAsync(bytes, ct).ConfigureAwait(false);
        if (Digest.Of(bytes) != config.Digest)
            throw new InvalidParameterException($"blob verification failed for digest {config.Digest}");
        return [ImageDocument.Config(bytes).Platform];
    }
}
