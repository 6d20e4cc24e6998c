using Pier.Distribution.Transport;
using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>What a pull brought: what the name points to, the manifest of the platform, and the place that answered.</summary>
public sealed record PulledImage(Descriptor Target, Descriptor Manifest, string From);

/// <summary>One image from one place into one target.</summary>
sealed class ImagePull(
    RegistrySession session,
    ImageReference reference,
    IPullTarget target,
    RegistryClientOptions options,
    SemaphoreSlim slots,
    Action<TransferProgress> report
)
{
    const string PluginConfig = "application/vnd.docker.plugin.v1+json";

    /// <summary>Fetches everything; throws <see cref="NotFoundException"/> when the registry has no such manifest.</summary>
    public async Task<PulledImage> RunAsync(Platform? platform, CancellationToken ct)
    {
        var name = reference.Digest?.ToString() ?? reference.Tag!;
        var root = await FetchedManifest.GetAsync(session, reference.Path, name, ct) ?? throw Missing(name);
        var chosen = root;
        if (MediaTypes.IsIndex(root.Descriptor.MediaType))
        {
            var entry = PlatformChoice.Choose(ImageDocument.Index(root.Bytes, root.Descriptor.MediaType), platform ?? Platform.Host);
            chosen =
                await FetchedManifest.GetAsync(session, reference.Path, entry.Digest.ToString(), ct)
                ?? throw Missing(entry.Digest.ToString());
            if (chosen.Descriptor.Size != entry.Size || chosen.Descriptor.MediaType != entry.MediaType)
                throw new InvalidParameterException(
                    $"manifest {entry.Digest} is not what the manifest list says: {chosen.Descriptor.MediaType} of {chosen.Descriptor.Size} bytes"
                );
        }
        var manifest = ImageDocument.Manifest(chosen.Bytes, chosen.Descriptor.MediaType);
        var config = await ConfigAsync(manifest, platform, isFromIndex: chosen != root, ct);
        foreach (var document in new[] { chosen, root }.Distinct())
            await target.WriteAsync(document.Descriptor, new MemoryStream(document.Bytes, writable: false), ct);
        await target.BeginAsync(manifest, config, ct);
        await LayersAsync(manifest, ct);
        return new PulledImage(root.Descriptor, chosen.Descriptor, session.Host.ToString());
    }

    async Task<ImageConfig> ConfigAsync(ImageManifest manifest, Platform? platform, bool isFromIndex, CancellationToken ct)
    {
        if (!MediaTypes.IsManifest(manifest.MediaType) && manifest.MediaType is not null)
            throw new InvalidParameterException($"unsupported media type {manifest.MediaType}: this is no image");
        // An artifact, a chart, a plugin: Docker's words, with its name for the class.
        if (manifest.Config.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig))
            throw new InvalidParameterException(
                $"Encountered remote \"{manifest.Config.MediaType}\"({(manifest.Config.MediaType == PluginConfig ? "plugin" : "unknown")}) when fetching"
            );
        if (manifest.Config.Size > ImageDocument.MaxSize)
            throw new InvalidParameterException($"the image configuration is larger than {ImageDocument.MaxSize} bytes");
        var bytes = new byte[manifest.Config.Size];
        await using (var stream = new BlobStream(session, reference.Path, manifest.Config, options.StallLimit, null, ct))
            await stream.ReadExactlyAsync(bytes, ct);
        // The target verifies the digest: nothing of the document is used before.
        await target.WriteAsync(manifest.Config, new MemoryStream(bytes, writable: false), ct);
        var config = ImageDocument.Config(bytes);
        if (config.RootFs.DiffIds.Length != manifest.Layers.Length)
            throw new InvalidParameterException(
                $"invalid image: {manifest.Layers.Length} layers in the manifest, {config.RootFs.DiffIds.Length} in the configuration"
            );
        if (!isFromIndex && platform is not null && !config.Platform.Satisfies(platform))
            throw new NotFoundException(
                $"image with reference {reference.Familiar} was found but its platform ({config.Platform}) does not match the specified platform ({platform})"
            );
        return config;
    }

    /// <summary>The layers alone, of a manifest that came from elsewhere.</summary>
    public Task LayersAsync(ImageManifest manifest, CancellationToken ct) =>
        new LayerPull(target, OpenAsync, report).RunAsync(manifest, ct);

    async ValueTask<Stream> OpenAsync(Descriptor layer, long offset, CancellationToken ct)
    {
        var id = ShortId(layer);
        if (!slots.Wait(0, ct))
        {
            report(new TransferProgress(id, "Waiting"));
            await slots.WaitAsync(ct);
        }
        var meter = new ProgressMeter(id, "Downloading", layer.Size, report);
        return new BlobStream(session, reference.Path, layer, options.StallLimit, meter.Reached, ct)
        {
            Start = offset,
            Closed = () => slots.Release(),
        };
    }

    NotFoundException Missing(string name) =>
        new(
            reference.Digest is null
                ? $"manifest for {reference.Familiar} not found: manifest unknown: manifest unknown"
                : $"manifest for {reference.FamiliarName}@{name} not found: manifest unknown: manifest unknown"
        );

    internal static string ShortId(Descriptor content) => content.Digest.Hex[..12];
}
