using Pier.Model;
using Pier.Store;
using Pier.Store.Content;
using Pier.Store.Images;
using Pier.Store.Snapshots;

namespace Pier.Distribution.Pull;

/// <summary>
/// A pull into a data root. A layer is verified and unpacked while it still comes in, several at once where the driver can; each is put
/// on the ones below as soon as those are there. The lease keeps everything until the image is named.
/// </summary>
public sealed class StorePullTarget : IPullTarget, IDisposable
{
    readonly StoreRoot _store;
    readonly ContentLease _lease;
    readonly BlobTransfers _transfers;
    ImageManifest? _manifest;
    Digest[] _diffIds = [];
    IReadOnlyList<Digest> _chain = [];
    TaskCompletionSource[] _committed = [];
    int _here;

    /// <summary>Pulls of one store that are given the same <paramref name="transfers"/> fetch and unpack a layer once.</summary>
    public StorePullTarget(StoreRoot store, BlobTransfers? transfers = null) =>
        (_store, _lease, _transfers) = (store, store.Content.Lease(), transfers ?? new BlobTransfers());

    public Task WriteAsync(Descriptor content, Stream stream, CancellationToken ct)
    {
        if (!Has(content))
            _lease.Write(stream, content.MediaType, content.Digest, content.Size, ct);
        return Task.CompletedTask;
    }

    public ValueTask BeginAsync(ImageManifest manifest, ImageConfig config, CancellationToken ct)
    {
        (_manifest, _diffIds, _chain) = (manifest, config.RootFs.DiffIds, ChainId.Prefixes(config.RootFs.DiffIds));
        // The blob of an unpacked layer is wanted too, for pushing and saving the image; only the two together are "already here".
        for (_here = 0; _here < _chain.Count && IsUnpacked(_here) && Has(manifest.Layers[_here]); _here++) { }
        // A mirror may have failed half way: what it began counts only as far as it is stored.
        _committed = [.. _chain.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        for (var i = 0; i < _here; i++)
            _committed[i].SetResult();
        return ValueTask.CompletedTask;
    }

    bool Has(Descriptor content) => _lease.Keep(content.Digest) && _store.Content.Size(content.Digest) == content.Size;

    bool IsUnpacked(int layer) => _store.Images.KeepLayer(_chain[layer], _lease);

    public async Task<bool> LayerAsync(int index, LayerSource source, CancellationToken ct)
    {
        if (index < _here)
            return false;
        // Gates are taken in this order everywhere: layer, unpacking, blob, download. Whoever has one waits only for later ones, or for the
        // layers below, so nobody waits in a circle.
        if (_store.Images.UnpacksApart)
            await UnpackApartAsync(index, source, ct);
        else
            await UnpackInOrderAsync(index, source, ct);
        _committed[index].TrySetResult();
        return true;
    }

    async Task UnpackApartAsync(int index, LayerSource source, CancellationToken ct)
    {
        using var turn = await _transfers.EnterLayerAsync(_chain[index], ct);
        var needsUnpacking = !IsUnpacked(index);
        StagedLayer? staged = null;
        await _transfers.Unpacking.WaitAsync(ct);
        try
        {
            using (await _transfers.EnterBlobAsync(source.Content.Digest, ct))
            {
                if (!Has(source.Content))
                    staged = await FetchAsync(index, source, needsUnpacking, ct);
                else
                    source.Fetched();
            }
            if (needsUnpacking)
                staged ??= await StageStoredAsync(index, source, ct);
        }
        finally
        {
            _transfers.Unpacking.Release();
        }
        using (staged)
            await CommitAsync(index, staged, ct);
    }

    async Task UnpackInOrderAsync(int index, LayerSource source, CancellationToken ct)
    {
        using (await _transfers.EnterBlobAsync(source.Content.Digest, ct))
        {
            if (!Has(source.Content))
                await FetchAsync(index, source, unpack: false, ct);
            else
                source.Fetched();
        }
        if (index > 0)
            await _committed[index - 1].Task.WaitAsync(ct);
        using var turn = await _transfers.EnterLayerAsync(_chain[index], ct);
        if (IsUnpacked(index))
            return;
        using var staged = await StageStoredAsync(index, source, ct);
        await CommitAsync(index, staged, ct);
    }

    async Task CommitAsync(int index, StagedLayer? staged, CancellationToken ct)
    {
        if (index > 0)
            await _committed[index - 1].Task.WaitAsync(ct);
        if (staged is not null)
            _store.Images.CommitLayer(staged, Parent(index), _lease);
    }

    Digest? Parent(int index) => index == 0 ? null : _chain[index - 1];

    Task<StagedLayer> StageStoredAsync(int index, LayerSource source, CancellationToken ct) =>
        OnThread(
            () =>
            {
                using var blob = new MeteredStream(_store.Content.Open(source.Content.Digest), source.Unpacked);
                return _store.Images.StageLayer(blob, Parent(index), _diffIds[index], ct);
            },
            ct
        );

    /// <summary>
    /// Fetches a blob, and unpacks it on the way when that is wanted. A torn file of an earlier transfer costs one more try.
    /// </summary>
    async Task<StagedLayer?> FetchAsync(int index, LayerSource source, bool unpack, CancellationToken ct)
    {
        while (true)
        {
            using var partial = _lease.Resume(source.Content);
            try
            {
                return await FetchAsync(index, source, partial, unpack, ct);
            }
            catch (InvalidParameterException) when (partial.Resumed > 0 && !ct.IsCancellationRequested)
            {
                partial.Discard();
            }
        }
    }

    async Task<StagedLayer?> FetchAsync(int index, LayerSource source, PartialBlob partial, bool unpack, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var staging = unpack ? OnThread(() => StageFollowing(index, source, partial, stop.Token), ct) : Task.FromResult<StagedLayer?>(null);
        try
        {
            await using (var rest = await source.OpenAsync(partial.Resumed, ct))
                await OnThread(() => Fill(partial, rest, ct), ct);
            // The next download begins while this one goes to the disk.
            await OnThread(() => Complete(partial), ct);
            source.Fetched();
            var staged = await staging;
            return staged;
        }
        catch
        {
            await stop.CancelAsync();
            partial.Break();
            // The thread works on the partial file: it must be done before that is closed. Its error is a consequence, or said already.
            await staging
                .ContinueWith(s => s.IsCompletedSuccessfully ? s.Result : null, TaskScheduler.Default)
                .ContinueWith(s => s.Result?.Dispose(), TaskScheduler.Default);
            throw;
        }
    }

    static bool Fill(PartialBlob partial, Stream rest, CancellationToken ct)
    {
        partial.Fill(rest, ct);
        return true;
    }

    static bool Complete(PartialBlob partial)
    {
        partial.Complete();
        return true;
    }

    StagedLayer? StageFollowing(int index, LayerSource source, PartialBlob partial, CancellationToken ct)
    {
        using var blob = new MeteredStream(partial.Follow(ct), source.Unpacked);
        return _store.Images.StageLayer(blob, Parent(index), _diffIds[index], ct);
    }

    // The store works synchronously, for as long as the network takes.
    static Task<T> OnThread<T>(Func<T> work, CancellationToken ct) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Makes the pulled content an image under a name, and under its digest.</summary>
    public Image Name(PulledImage pulled, ImageReference name, CancellationToken ct)
    {
        var image = _store.Images.Add(
            pulled.Target,
            name.Digest is null ? name.WithDefaultTag() : name.WithDigest(pulled.Target.Digest),
            _lease,
            ct
        );
        if (name.Digest is null)
            _store.Images.Tag(image, name.WithDigest(pulled.Target.Digest));
        return _store.Images.Resolve(image.Id.ToString());
    }

    public void Dispose() => _lease.Dispose();
}
