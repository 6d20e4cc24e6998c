using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Snapshots;

public sealed partial class SnapshotStore
{
    /// <summary>Whether layers of one image may be staged at the same time, in any order.</summary>
    public bool UnpacksApart => _driver.UnpacksApart;

    /// <summary>Layers that are on their way; whoever needs one waits for it.</summary>
    internal ComingLayers Coming => _coming;

    internal bool IsComing(Digest chainId) => _coming.Size(chainId) is not null;

    /// <summary>
    /// Unpacks a layer's uncompressed tar where nobody sees it. Throws <see cref="InvalidParameterException"/> when the tar is broken,
    /// escapes, or has not the expected digest. A digest that is <paramref name="told"/> (after the last byte) is not computed again. The
    /// parent must be there unless <see cref="UnpacksApart"/>.
    /// </summary>
    internal StagedLayer Stage(Stream tar, Digest? parent, Digest? expectedDiffId, Func<Digest>? told, CancellationToken ct) =>
        Border.Cross(() =>
        {
            var staged = new StagedLayer(_trash, Path.Combine(_layout.SnapshotStaging(_driver.Name), Guid.NewGuid().ToString("N")));
            try
            {
                Directory.CreateDirectory(staged.Directory);
                _driver.BeginLayer(staged.Diff, UnpacksApart || parent is null ? [] : Stack(parent));
                using var content = new HashingStream(tar, told, ct);
                UnpackInto(staged, content);
                staged.DiffId = content.Digest;
                if (expectedDiffId is { } expected && expected != staged.DiffId)
                    throw new InvalidParameterException($"layer digest does not match: it is {staged.DiffId}, expected {expected}");
                return staged;
            }
            catch
            {
                staged.Dispose();
                throw;
            }
        });

    void UnpackInto(StagedLayer staged, Stream content)
    {
        using var root = At.Open(At.WorkingDirectory, staged.Diff, OpenFlags.Directory | OpenFlags.NoFollow);
        using var unpacker = new LayerUnpacker(root, _driver.Whiteouts(_trash), _trash, _limits);
        staged.Size = unpacker.Unpack(new TarReader(content));
        staged.Gaps = new LayerGaps(unpacker.LeftOut, unpacker.HasBase);
    }

    /// <summary>
    /// Puts a staged layer over its parent (null: it is the base): from now on it is a layer. The same layer a second time stays the first.
    /// </summary>
    internal LayerRecord Commit(StagedLayer staged, Digest? parent) =>
        Border.Cross(() =>
        {
            var record = new LayerRecord
            {
                ChainId = ChainId.Of(parent, staged.DiffId),
                Parent = parent,
                DiffId = staged.DiffId,
                Size = staged.Size,
                UnsyncedBoot = LayerSync.Boot,
            };
            _driver.FinishLayer(staged.Diff, parent is null ? [] : Stack(parent), staged.Gaps);
            LayerSync.Write(staged.Directory, record, durable: false);
            lock (_gate)
            {
                if (_layers.TryGetValue(record.ChainId, out var known))
                    return known;
                At.Rename(At.WorkingDirectory, staged.Directory, At.WorkingDirectory, LayerDirectory(record.ChainId));
                _sync.Add(LayerDirectory(record.ChainId), record);
                return _layers[record.ChainId] = record;
            }
        });
}
