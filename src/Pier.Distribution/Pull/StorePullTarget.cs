using Pier.Model;
using Pier.Store;
using Pier.Store.Content;
using Pier.Store.Images;

namespace Pier.Distribution.Pull;

/// <summary>
/// A pull into a data root. Layers are unpacked in their order, each as soon as it and the ones below are there, while later ones still
/// come in. The lease keeps everything until the image is named.
/// </summary>
public sealed class StorePullTarget : IPullTarget, IDisposable
{
    readonly StoreRoot _store;
    readonly ContentLease _lease;
    readonly BlobTransfers _transfers;
    readonly SemaphoreSlim _unpacking = new(1);
    readonly HashSet<int> _stored = [];
    ImageManifest? _manifest;
    Digest[] _diffIds = [];
    IReadOnlyList<Digest> _chain = [];
    int _unpacked;

    /// <summary>Pulls of one store that are given the same <paramref name="transfers"/> fetch a blob once.</summary>
    public StorePullTarget(StoreRoot store, BlobTransfers? transfers = null) =>
        (_store, _lease, _transfers) = (store, store.Content.Lease(), transfers ?? new BlobTransfers());

    public ValueTask<bool> HasAsync(Descriptor content, CancellationToken ct) =>
        ValueTask.FromResult(_lease.Keep(content.Digest) && _store.Content.Size(content.Digest) == content.Size);

    public ValueTask BeginAsync(ImageManifest manifest, ImageConfig config, CancellationToken ct)
    {
        // A mirror may have failed half way: what it began counts only as far as it is stored.
        _stored.Clear();
        _unpacked = 0;
        (_manifest, _diffIds, _chain) = (manifest, config.RootFs.DiffIds, ChainId.Prefixes(config.RootFs.DiffIds));
        while (_unpacked < _chain.Count && _store.Images.KeepLayer(_chain[_unpacked], _lease)
            && _lease.Keep(manifest.Layers[_unpacked].Digest)) _unpacked++;
        return ValueTask.CompletedTask;
    }

    // The blob of an unpacked layer is wanted too, for pushing and saving the image; only the two together are "already here".
    public ValueTask<bool> NeedsLayerAsync(int index, CancellationToken ct) => ValueTask.FromResult(index >= _unpacked);

    public async Task WriteAsync(Descriptor content, Stream stream, CancellationToken ct)
    {
        using var turn = await _transfers.EnterAsync(content.Digest, ct);
        // Another pull brought it meanwhile: the stream was not even opened.
        if (await HasAsync(content, ct)) return;
        // The store reads and hashes on the thread that it is called on, for as long as the network takes.
        await Task.Factory.StartNew(
            () => _lease.Write(stream, content.MediaType, content.Digest, content.Size, ct), ct, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
    }

    public async Task LayerStoredAsync(int index, CancellationToken ct)
    {
        await _unpacking.WaitAsync(ct);
        try
        {
            _stored.Add(index);
            while (_unpacked < _chain.Count && _stored.Contains(_unpacked))
            {
                var (layer, parent) = (_manifest!.Layers[_unpacked], _unpacked == 0 ? (Digest?)null : _chain[_unpacked - 1]);
                await Task.Run(() => _store.Images.UnpackLayer(layer, parent, _diffIds[_unpacked], _lease, ct), ct);
                _unpacked++;
            }
        }
        finally
        {
            _unpacking.Release();
        }
    }

    /// <summary>Makes the pulled content an image under a name, and under its digest.</summary>
    public Image Name(PulledImage pulled, ImageReference name, CancellationToken ct)
    {
        var image = _store.Images.Add(
            pulled.Target, name.Digest is null ? name.WithDefaultTag() : name.WithDigest(pulled.Target.Digest), _lease, ct);
        if (name.Digest is null) _store.Images.Tag(image, name.WithDigest(pulled.Target.Digest));
        return _store.Images.Resolve(image.Id.ToString());
    }

    public void Dispose()
    {
        _lease.Dispose();
        _unpacking.Dispose();
    }
}
