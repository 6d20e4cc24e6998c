using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>
/// Where a pull puts what it fetches. A target verifies digest and size while it writes and keeps nothing of what is wrong
/// (<see cref="InvalidParameterException"/>); nothing is an image before the pull ends. Methods are called from several tasks.
/// </summary>
public interface IPullTarget
{
    /// <summary>Whether content is here already.</summary>
    ValueTask<bool> HasAsync(Descriptor content, CancellationToken ct);

    /// <summary>
    /// Called once, before the layers: what the image will be made of. The configuration and every manifest were written.
    /// </summary>
    ValueTask BeginAsync(ImageManifest manifest, ImageConfig config, CancellationToken ct);

    /// <summary>Whether a layer's content is needed at all: not when it is unpacked or stored.</summary>
    ValueTask<bool> NeedsLayerAsync(int index, CancellationToken ct);

    /// <summary>Reads the whole stream and keeps it.</summary>
    Task WriteAsync(Descriptor content, Stream stream, CancellationToken ct);

    /// <summary>Called when a layer is stored, in no order; returns when it is unpacked as far as that can be done now.</summary>
    Task LayerStoredAsync(int index, CancellationToken ct);
}
