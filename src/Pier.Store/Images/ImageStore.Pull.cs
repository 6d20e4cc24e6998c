using Pier.Model;
using Pier.Store.Content;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>Protects an unpacked stack of layers by a lease; false when it is not there.</summary>
    public bool KeepLayer(Digest chainId, ContentLease lease)
    {
        lease.Hold(chainId);
        return _snapshots.Has(chainId);
    }

    /// <summary>
    /// Unpacks one stored layer over its parent, unless it is there, and verifies it against the configuration's diff id. The lease holds
    /// the result.
    /// </summary>
    public void UnpackLayer(Descriptor layer, Digest? parent, Digest diffId, ContentLease lease, CancellationToken ct = default) =>
        Border.Cross(() =>
    {
        if (!KeepLayer(ChainId.Of(parent, diffId), lease)) UnpackBlob(layer.Digest, parent, diffId, ct);
    });
}
