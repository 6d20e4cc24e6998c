using System.Security.Cryptography;
using Pier.Model;
using Pier.Model.Streams;

namespace Pier.Store.Layers;

/// <summary>
/// Hashes what is read through it, and lets an operation be cancelled between reads. Where somebody else tells the bytes' digest (they are
/// a blob that is stored uncompressed) they are not hashed again.
/// </summary>
sealed class HashingStream(Stream inner, Func<Digest>? told = null, CancellationToken ct = default) : ReadOnlyStream
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The digest of all bytes so far.</summary>
    internal Digest Digest => told?.Invoke() ?? Digest.FromSha256(_hash.GetCurrentHash());

    public override int Read(Span<byte> buffer)
    {
        ct.ThrowIfCancellationRequested();
        var read = inner.Read(buffer);
        if (told is null)
            _hash.AppendData(buffer[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
