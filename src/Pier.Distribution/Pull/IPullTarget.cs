using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>
/// Where a pull puts what it fetches. A target verifies digest and size while it writes and keeps nothing of what is wrong
/// (<see cref="InvalidParameterException"/>); nothing is an image before the pull ends. Methods are called from several tasks.
/// </summary>
public interface IPullTarget
{
    /// <summary>Keeps a document: a manifest, an index, a configuration.</summary>
    Task WriteAsync(Descriptor content, Stream stream, CancellationToken ct);

    /// <summary>
    /// Called once, before the layers: what the image will be made of. The configuration and every manifest were written.
    /// </summary>
    ValueTask BeginAsync(ImageManifest manifest, ImageConfig config, CancellationToken ct);

    /// <summary>
    /// Brings one layer in: stored, verified and unpacked as far as the target does that. False when it was here already. Called for all
    /// layers at once.
    /// </summary>
    Task<bool> LayerAsync(int index, LayerSource source, CancellationToken ct);
}

/// <summary>A layer at the registry, for a target to fetch.</summary>
public sealed class LayerSource
{
    readonly Func<long, CancellationToken, ValueTask<Stream>> _open;
    readonly Action<string, long?> _tell;
    bool _fetched;

    internal LayerSource(Descriptor content, Func<long, CancellationToken, ValueTask<Stream>> open, Action<string, long?> tell) =>
        (Content, _open, _tell) = (content, open, tell);

    public Descriptor Content { get; }

    /// <summary>
    /// The blob's bytes from an offset on; waits until fewer other downloads are under way. Dispose the stream when the last byte is read.
    /// </summary>
    public ValueTask<Stream> OpenAsync(long offset, CancellationToken ct) => _open(offset, ct);

    /// <summary>The blob is here.</summary>
    public void Fetched()
    {
        _fetched = true;
        _tell("Download complete", null);
    }

    /// <summary>So many of the blob's bytes are unpacked. Told only once all are fetched: a layer has one bar.</summary>
    public void Unpacked(long position)
    {
        if (_fetched)
            _tell("Extracting", position);
    }
}
