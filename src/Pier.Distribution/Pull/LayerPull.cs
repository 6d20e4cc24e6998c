using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>The layers of one image into one target, all at once, wherever their blobs lie.</summary>
/// <param name="open">Opens a blob at an offset; what it gives is never longer than the descriptor says.</param>
public sealed class LayerPull(
    IPullTarget target,
    Func<Descriptor, long, CancellationToken, ValueTask<Stream>> open,
    Action<TransferProgress> report
)
{
    /// <summary>Fetches what the target does not have. The first failure stops the others and is what is thrown.</summary>
    public async Task RunAsync(ImageManifest manifest, CancellationToken ct)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        foreach (var layer in manifest.Layers)
            report(new TransferProgress(ImagePull.ShortId(layer), "Pulling fs layer"));
        var layers = Enumerable.Range(0, manifest.Layers.Length).Select(i => LayerAsync(i, manifest.Layers[i], failed)).ToArray();
        try
        {
            await Task.WhenAll(layers);
        }
        catch when (!ct.IsCancellationRequested)
        {
            // The first failure is the reason; the others were only told to stop.
            var first = layers.FirstOrDefault(l => l.IsFaulted && l.Exception!.InnerException is not OperationCanceledException);
            if (first is not null)
                await first;
            throw;
        }
    }

    async Task LayerAsync(int index, Descriptor layer, CancellationTokenSource failed)
    {
        var id = ImagePull.ShortId(layer);
        try
        {
            if (layer.MediaType.EndsWith("+encrypted", StringComparison.Ordinal))
                throw new UnsupportedException(
                    $"layer {layer.Digest} is encrypted ({layer.MediaType}): encrypted images are not supported"
                );
            if (!MediaTypes.IsLayer(layer.MediaType))
                throw new InvalidParameterException($"unsupported media type {layer.MediaType} of layer {layer.Digest}");
            var unpacking = new ProgressMeter(id, "Extracting", layer.Size, report);
            var source = new LayerSource(
                layer,
                (offset, ct) => open(layer, offset, ct),
                (status, position) =>
                {
                    if (position is { } at)
                        unpacking.Reached(at);
                    else
                        report(new TransferProgress(id, status));
                }
            );
            report(new TransferProgress(id, await target.LayerAsync(index, source, failed.Token) ? "Pull complete" : "Already exists"));
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }
}
