using System.Text.Json;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Layers;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>Makes a one-layer image of a root file system's tar, plain or compressed. A broken tar leaves nothing.</summary>
    public Image Import(Stream tar, ImportOptions options, CancellationToken ct = default) =>
        WithLease(lease =>
        {
            using var whole = LayerFormat.Open(new AwaitedReadStream(tar, ct), out var mediaType);
            var layer = lease.Write(whole, mediaType, ct: ct);
            var record = UnpackBlob(layer.Digest, null, null, ct);
            lease.Hold(record.ChainId);
            var platform = options.Platform ?? Platform.Host;
            var image = new ImageConfig
            {
                Created = DateTimeOffset.UtcNow,
                Architecture = platform.Architecture,
                Variant = platform.Variant,
                Os = platform.Os,
                Comment = options.Message,
                Config = options.Config,
                RootFs = new RootFs { DiffIds = [record.DiffId] },
                History = [new HistoryEntry { Created = DateTimeOffset.UtcNow, Comment = options.Message }],
            };
            return AddBuilt(image, [layer], options.Name, lease, ct);
        });

    /// <summary>
    /// Stores a configuration and the manifest that joins it to its layers, and makes them an image. The disk writes the blobs while their
    /// layers are unpacked; all of them are durable before the catalog names the image.
    /// </summary>
    Image AddBuilt(ImageConfig config, Descriptor[] layers, ImageReference? name, ContentLease lease, CancellationToken ct)
    {
        var configuration = lease.WriteLater(
            JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig),
            MediaTypes.OciConfig
        );
        var target = lease.WriteLater(ManifestOf(configuration, layers), MediaTypes.OciManifest);
        Digest[] blobs = [target.Digest, configuration.Digest, .. layers.Select(l => l.Digest)];
        foreach (var blob in blobs)
            _content.BeginSettling(blob);
        return Add(target, name, lease, ct, blobs);
    }

    static byte[] ManifestOf(Descriptor config, Descriptor[] layers) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ImageManifest
            {
                MediaType = MediaTypes.OciManifest,
                Config = config,
                Layers = layers,
            },
            ImageJson.Plain.ImageManifest
        );

    // An operation that fails leaves nothing: what it wrote is garbage as soon as its lease is gone.
    T WithLease<T>(Func<ContentLease, T> operation) =>
        Border.Cross(() =>
        {
            var lease = _content.Lease();
            try
            {
                return operation(lease);
            }
            catch
            {
                lease.Dispose();
                Collect();
                throw;
            }
            finally
            {
                lease.Dispose();
            }
        });
}
