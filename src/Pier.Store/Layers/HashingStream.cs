using System.Security.Cryptography;
using Pier.Model;

namespace Pier.Store.Layers;

/// <summary>
/// Hashes what is read through it, and lets an operation be cancelled between reads. Where the bytes' digest is known already (a blob that is
/// stored uncompressed) they are not hashed again.
/// </summary>
sealed class HashingStream(Stream inner, Digest? known = null, CancellationToken ct = default) : ReadStream
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The digest of all bytes so far.</summary>
    internal Digest Digest => known ?? Digest.FromSha256(_hash.GetCurrentHash());

    public override int Read(Span<byte> buffer)
    {
        ct.ThrowIfCancellationRequested();
        var read = inner.Read(buffer);
        if (known is null) _hash.AppendData(buffer[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
