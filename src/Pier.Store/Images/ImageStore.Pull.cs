using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Snapshots;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>
    /// Whether layers of one image may be staged at the same time, in any order; otherwise each needs its parent committed.
    /// </summary>
    public bool UnpacksApart => _snapshots.UnpacksApart;

    /// <summary>Protects an unpacked stack of layers by a lease; false when it is not there.</summary>
    public bool KeepLayer(Digest chainId, ContentLease lease)
    {
        lease.Hold(chainId);
        return _snapshots.Has(chainId);
    }

    /// <summary>
    /// Unpacks a layer blob, plain or compressed, where nobody sees it, and verifies it against the configuration's diff id. The blob may
    /// still be coming in: its own digest is the caller's to check before the layer is committed.
    /// </summary>
    public StagedLayer StageLayer(Stream blob, Digest? parent, Digest diffId, CancellationToken ct) =>
        Border.Cross(() => Stage(blob, parent, diffId, verified: null, ct));

    /// <summary>Makes a staged layer a layer over its parent; the lease holds it.</summary>
    public void CommitLayer(StagedLayer staged, Digest? parent, ContentLease lease) =>
        Border.Cross(() =>
        {
            lease.Hold(ChainId.Of(parent, staged.DiffId));
            _snapshots.Commit(staged, parent);
        });
}
