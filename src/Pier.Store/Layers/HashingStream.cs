using System.Security.Cryptography;
using Pier.Model;

namespace Pier.Store.Layers;

/// <summary>Hashes what is read through it, and lets an operation be cancelled between reads.</summary>
sealed class HashingStream(Stream inner, CancellationToken ct = default) : ReadStream
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal long Count { get; private set; }

    /// <summary>The digest of all bytes so far.</summary>
    internal Digest Digest => Digest.FromSha256(_hash.GetCurrentHash());

    public override int Read(Span<byte> buffer)
    {
        ct.ThrowIfCancellationRequested();
        var read = inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        Count += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
